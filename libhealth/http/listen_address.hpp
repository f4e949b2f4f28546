#pragma once

#include <base/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace health::http {

struct ListenAddress {
    std::string host; ///< empty: all interfaces; an IPv6 address without brackets
    std::uint16_t port = 0;
};

/// `host:port`, with an IPv6 address in brackets. Fails with `usage`.
Result<ListenAddress> parse_listen_address(std::string_view text);

} // namespace health::http
