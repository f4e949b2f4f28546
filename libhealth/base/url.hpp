#pragma once

#include <base/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace health {

/// An `http` or `https` URL as a base for requests (RFC 3986), its credentials taken out of it.
struct Url {
    bool tls = false;
    std::string host; ///< without the brackets of an IPv6 address
    std::uint16_t port = 0;
    std::string prefix;   ///< path without a slash at its end; may be empty
    std::string username; ///< percent-decoded
    std::string password; ///< percent-decoded

    /// scheme://host:port/prefix, without credentials: for people.
    [[nodiscard]] std::string shown() const;
    /// host[:port] as in a Host header; the scheme's own port is left out.
    [[nodiscard]] std::string authority() const;
    /// Whether the host is certainly this machine.
    [[nodiscard]] bool is_loopback() const;
};

/// Errors are of kind `usage` and never show credentials.
Result<Url> parse_url(std::string_view text);

/// The part of the text that holds a user name and password if it is a URL, well-formed or not; none without an "@".
std::optional<std::string_view> user_information(std::string_view text);

} // namespace health
