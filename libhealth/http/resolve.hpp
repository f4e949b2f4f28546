#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>

#include <boost/asio/ip/tcp.hpp>

#include <string>
#include <vector>

namespace health::http {

/// The addresses of a host. On a thread, as getaddrinfo(3) has no time limit of its own. Fails with `timeout`, or with
/// `unreachable` when the name does not resolve.
Result<std::vector<boost::asio::ip::tcp::endpoint>> resolve(const std::string& host, std::uint16_t port,
                                                            const Deadline& deadline);

} // namespace health::http
