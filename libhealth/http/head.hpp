#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace health::http {

/// A request's head; its parts point into the bytes it was parsed from.
struct Head {
    std::string_view method;
    std::string_view path; ///< without the query
    std::string_view query;
    bool version_1_1 = true;
    std::vector<std::pair<std::string_view, std::string_view>> headers;
    std::uint64_t content_length = 0;
    bool chunked = false;

    /// The first header of that name in any case; empty when there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const;
    [[nodiscard]] bool keep_alive() const;
    [[nodiscard]] bool has_body() const { return chunked || content_length > 0; }
};

/// Why a request is refused; the connection is closed after the answer.
struct Refusal {
    int status;
    std::string_view why;
};

/// Where the head ends (after its empty line); nothing when bytes are missing; a refusal as soon as these bytes cannot
/// become a valid head.
std::variant<std::size_t, std::monostate, Refusal> find_head_end(std::string_view bytes);

/// RFC 9112 to the letter where leniency has been used for request smuggling: line ends, white space around
/// names, folded lines, Host, Content-Length and Transfer-Encoding. `bytes` end with the empty line.
std::variant<Head, Refusal> parse_head(std::string_view bytes);

} // namespace health::http
