#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <vector>

namespace health::http {

/// Addresses of a host, at most until the deadline: getaddrinfo itself knows no time limit.
Result<std::vector<boost::asio::ip::tcp::endpoint>> resolve(const std::string& host, std::uint16_t port,
                                                            const Deadline& deadline);

} // namespace health::http
