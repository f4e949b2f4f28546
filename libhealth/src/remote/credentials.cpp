#include <health/remote.hpp>

#include <openssl/evp.h>

namespace health {

namespace {

std::string base64(std::string_view text) {
    std::string out(4 * ((text.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),        // NOLINT
                                     reinterpret_cast<const unsigned char*>(text.data()), // NOLINT
                                     static_cast<int>(text.size()));
    out.resize(static_cast<std::size_t>(size));
    return out;
}

} // namespace

std::string Credentials::authorization() const {
    if (!api_key.empty())
        return "ApiKey " + api_key;
    if (!bearer_token.empty())
        return "Bearer " + bearer_token;
    if (!username.empty())
        return "Basic " + base64(username + ":" + password);
    return {};
}

} // namespace health
