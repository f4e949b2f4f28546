#include <base/base64.hpp>

#include <openssl/evp.h>

namespace health {

std::string to_base64(std::string_view text) {
    std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),        // NOLINT
                                     reinterpret_cast<const unsigned char*>(text.data()), // NOLINT
                                     static_cast<int>(text.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

std::string from_base64(std::string_view text) {
    std::string out(3 * (text.size() / 4), '\0');
    const int size = text.empty() ? -1
                                  : EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()),        // NOLINT
                                                    reinterpret_cast<const unsigned char*>(text.data()), // NOLINT
                                                    static_cast<int>(text.size()));
    // EVP_DecodeBlock takes any padding, and counts it as zero bytes.
    const std::size_t padding = text.size() - (text.find_last_not_of('=') + 1);
    if (size < 0 || padding > 2)
        return {};
    out.resize(static_cast<std::size_t>(size) - padding);
    return out;
}

} // namespace health
