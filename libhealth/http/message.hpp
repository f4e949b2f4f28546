#pragma once

#include <base/error.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace health::http {

struct Header {
    std::string name;
    std::string value;
};

struct Request {
    std::string method;
    std::string target; ///< path and query, percent-encoded
    std::vector<Header> headers;
    std::string body;
};

struct Response {
    int status = 0;
    std::vector<Header> headers;
    std::string body;
    std::optional<Error> body_problem; ///< set when the status came, but the body is unusable
    bool too_large = false;            ///< the problem is the body's size

    /// The first header of that name in any case; empty when there is none.
    [[nodiscard]] std::string_view header(std::string_view name) const;
};

} // namespace health::http
