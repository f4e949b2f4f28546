#pragma once

#include <base/error.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <string_view>

namespace health::http {

/// Opens the acceptor on such an address, and returns the actual one, with the port's number. Fails with `usage`
/// when the address is malformed, and otherwise with `rejected`.
Result<std::string> listen(boost::asio::ip::tcp::acceptor& acceptor, std::string_view address);

} // namespace health::http
