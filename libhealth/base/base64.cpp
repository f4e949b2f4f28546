#include <base/base64.hpp>

#include <openssl/evp.h>

namespace health {

namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

} // namespace

std::string to_base64(std::string_view text) {
    std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),        // NOLINT
                                     reinterpret_cast<const unsigned char*>(text.data()), // NOLINT
                                     static_cast<int>(text.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::string from_base64(std::string_view text) {
    // EVP_DecodeBlock drops blanks around the text, takes any padding anywhere, and counts it as zero bytes.
    const std::string_view digits = text.substr(0, text.find_last_not_of('=') + 1);
    const std::size_t padding = text.size() - digits.size();
    if (digits.empty() || padding > 2 || digits.find_first_not_of(alphabet) != std::string_view::npos)
        return {};
    std::string out(3 * (text.size() / 4), '\0');
    const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),        // NOLINT
                                     reinterpret_cast<const unsigned char*>(text.data()), // NOLINT
                                     static_cast<int>(text.size()));
    if (size < 0)
        return {};
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

} // namespace health
