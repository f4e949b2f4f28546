#pragma once

#include <base/error.hpp>

#include <memory>
#include <string>

struct ssl_ctx_st;

namespace health::http {

/// What a server asks its clients for; named as in Go's crypto/tls.
enum class ClientAuth { none, request, require_any, verify_if_given, require_and_verify };

enum class TlsVersion { tls12, tls13 };

struct TlsServerSettings {
    std::string cert_file;
    std::string key_file;
    std::string client_ca_file; ///< empty: the system's authorities
    ClientAuth client_auth = ClientAuth::none;
    TlsVersion min_version = TlsVersion::tls12;
    TlsVersion max_version = TlsVersion::tls13;
    std::string ciphers; ///< of TLS 1.2, as OpenSSL names them, with colons; empty: OpenSSL's own choice
    std::string groups;  ///< likewise
    bool prefer_own_ciphers = true;
};

/// Shared by all connections with the same configuration.
using TlsServerContext = std::shared_ptr<ssl_ctx_st>;

/// Reads the files. Fails with `usage` and the name of the file that is not what it should be.
Result<TlsServerContext> make_tls_server_context(const TlsServerSettings& settings);

} // namespace health::http
