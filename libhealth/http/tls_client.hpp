#pragma once

#include <base/error.hpp>
#include <base/time.hpp>
#include <http/tls_settings.hpp>

#include <boost/asio/ssl/context.hpp>

#include <optional>
#include <string>

namespace health::http {

/// TLS 1.2 or later, verifying the server unless the settings say otherwise. Fails with `usage` when a file cannot be
/// read.
Result<boost::asio::ssl::context> make_tls_context(const TlsSettings& settings);

/// Before the handshake: sets the host that the server is asked for (SNI), and that its certificate must be valid for.
/// False when that is impossible; there must be no handshake then.
[[nodiscard]] bool set_expected_host(ssl_st* connection, const std::string& host, bool verify);

/// Whether a certificate was not trusted only because of its host.
bool is_host_mismatch(long verify_result);

/// After the handshake: when the certificate of the server expires.
std::optional<Timestamp> expiry_of_certificate(ssl_st* connection);

} // namespace health::http
