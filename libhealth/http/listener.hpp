#pragma once

#include <base/error.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace health::http {

struct ListenAddress {
    std::string host; ///< empty: all interfaces
    std::uint16_t port = 0;
};

/// `host:port`, with an IPv6 address in brackets. Fails with `usage`.
Result<ListenAddress> parse_listen_address(std::string_view text);

/// Opens the acceptor on such an address, and returns the actual one, with the port's number.
Result<std::string> listen(boost::asio::ip::tcp::acceptor& acceptor, std::string_view address);

} // namespace health::http
