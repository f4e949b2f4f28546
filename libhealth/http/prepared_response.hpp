#pragma once

#include <http/message.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace health::http {

struct ServerResponse {
    int status = 200;
    std::string content_type;
    std::vector<Header> headers;
    std::shared_ptr<const std::string> body; ///< shared, so that a page in memory is sent without a copy
};

/// A line of plain text.
ServerResponse text_response(int status, std::string_view line);

/// How the answer to a request is framed.
struct Framing {
    bool keep_alive = false;
    bool head_only = false;
    bool version_1_1 = true;

    bool operator==(const Framing&) const = default;
};

std::string response_head(const ServerResponse& response, const Framing& framing);

/// A response for many requests, whose head is formatted once. As the head has a Date, it is good for a second.
class PreparedResponse {
public:
    explicit PreparedResponse(ServerResponse response);

    [[nodiscard]] const ServerResponse& response() const { return response_; }
    /// The head for a GET of HTTP/1.1 on a connection that stays open.
    [[nodiscard]] const std::string& usual_head() const { return usual_head_; }

    static constexpr Framing usual{.keep_alive = true, .head_only = false, .version_1_1 = true};

private:
    ServerResponse response_;
    std::string usual_head_;
};

} // namespace health::http
