#include <http/prepared_response.hpp>

#include <base/time.hpp>

#include <boost/beast/http/status.hpp>
#include <fmt/format.h>

namespace health::http {

namespace beast = boost::beast;

namespace {

std::string_view reason_phrase(int status) {
    return beast::http::obsolete_reason(static_cast<beast::http::status>(status));
}

std::string http_date() {
    return format_utc("%a, %d %b %Y %H:%M:%S GMT", now_in_seconds());
}

} // namespace

ServerResponse text_response(int status, std::string_view line) {
    return {.status = status,
            .content_type = "text/plain; charset=utf-8",
            .headers = {},
            .body = std::make_shared<const std::string>(fmt::format("{}\n", line))};
}

std::string response_head(const ServerResponse& response, const Framing& framing) {
    const std::size_t length = response.body ? response.body->size() : 0;
    std::string out = fmt::format("HTTP/1.1 {} {}\r\nDate: {}\r\nContent-Length: {}\r\n", response.status,
                                  reason_phrase(response.status), http_date(), length);
    if (!response.content_type.empty())
        out += fmt::format("Content-Type: {}\r\n", response.content_type);
    for (const Header& header : response.headers)
        out += fmt::format("{}: {}\r\n", header.name, header.value);
    if (!framing.keep_alive)
        out += "Connection: close\r\n";
    else if (!framing.version_1_1)
        out += "Connection: keep-alive\r\n";
    return out + "\r\n";
}

PreparedResponse::PreparedResponse(ServerResponse response)
    : response_(std::move(response)), usual_head_(response_head(response_, usual)) {}

} // namespace health::http
