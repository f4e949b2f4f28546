#pragma once

#include <health/url.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace health {

/// At most one kind is set.
struct Credentials {
    std::string api_key; ///< the encoded key, as Kibana shows it
    std::string username;
    std::string password;

    /// The value of the Authorization header; empty without credentials.
    [[nodiscard]] std::string authorization() const;
    [[nodiscard]] bool empty() const { return api_key.empty() && username.empty(); }
};

struct TlsSettings {
    std::string ca_file; ///< PEM; empty: the system's authorities
    bool insecure = false;
};

/// A service behind one or more URLs (nodes of one cluster), and how to talk to it.
struct RemoteSettings {
    std::vector<Url> nodes;
    Credentials credentials;
    TlsSettings tls;
    int retries = 3; ///< after 429, 502, 503, 504 or no connection
};

} // namespace health
