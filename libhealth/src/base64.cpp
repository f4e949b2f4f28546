#include "base64.hpp"

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
    if (size < 0)
        return {};
    // EVP_DecodeBlock counts the padding as zero bytes.
    const auto last = text.find_last_not_of('=');
    out.resize(static_cast<std::size_t>(size) - (text.size() - 1 - last));
    return out;
}

} // namespace health
