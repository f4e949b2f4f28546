#pragma once

#include <base/error.hpp>
#include <http/tls_settings.hpp>

#include <boost/asio/ssl/context.hpp>

namespace health::http {

/// TLS 1.2 or later, verifying unless told otherwise. Fails with `usage` when a file cannot be read.
Result<boost::asio::ssl::context> make_tls_context(const TlsSettings& settings);

} // namespace health::http
