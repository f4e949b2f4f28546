#include <base/base64.hpp>
#include <base/secrets.hpp>
#include <remote/settings.hpp>

#include <fmt/format.h>

namespace health {

std::string Credentials::authorization() const {
    if (!api_key.empty())
        return "ApiKey " + api_key;
    if (!bearer_token.empty())
        return "Bearer " + bearer_token;
    if (!username.empty())
        return "Basic " + to_base64(username + ":" + password);
    return {};
}

void Credentials::register_secrets() const {
    register_secret(api_key);
    register_secret(bearer_token);
    register_secret(password);
    if (!username.empty())
        register_secret(username + ":" + password);
    // An encoded API key is id:key, and it is the key that is secret.
    if (const std::string decoded = from_base64(api_key); !decoded.empty()) {
        register_secret(decoded);
        register_secret(decoded.substr(decoded.find(':') + 1));
    }
}

std::vector<std::string> clear_text_warnings(const RemoteSettings& settings) {
    std::vector<std::string> out;
    if (settings.credentials.empty())
        return out;
    for (const Url& node : settings.nodes)
        if (!node.tls && !node.is_loopback())
            out.push_back(fmt::format("credentials go to {} in clear text", node.shown()));
    return out;
}

} // namespace health
