#pragma once

#include <base/url.hpp>
#include <http/tls_settings.hpp>

#include <functional>
#include <string>
#include <vector>

namespace health {

/// At most one kind is set.
struct Credentials {
    std::string api_key; ///< the encoded key, as Kibana shows it
    std::string bearer_token;
    std::string username;
    std::string password;
    std::string source{}; ///< where they came from, such as a variable, for hints; empty without any

    /// The value of the Authorization header; empty without credentials.
    [[nodiscard]] std::string authorization() const;
    [[nodiscard]] bool empty() const { return authorization().empty(); }
    /// Hands every secret to register_secret().
    void register_secrets() const;
};

/// A service behind one or more URLs (nodes of one cluster), and how to talk to it.
struct RemoteSettings {
    std::vector<Url> nodes;
    Credentials credentials;
    /// Reads the credentials again after a 401, as a key may have been rotated. May be empty.
    std::function<Result<Credentials>()> reread_credentials;
    TlsSettings tls;
    int retries = 3; ///< after 429, 502, 503, 504 or no connection
};

/// One for each node that would be sent credentials over a network in clear text: "credentials go to URL in clear
/// text".
std::vector<std::string> clear_text_warnings(const RemoteSettings& settings);

} // namespace health
