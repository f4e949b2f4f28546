#include <http/prepared_response.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("a line of text is a page of its own") {
    const auto response = http::text_response(404, "not found");
    CHECK(response.status == 404);
    CHECK(*response.body == "not found\n");
    CHECK(response.content_type == "text/plain; charset=utf-8");
}

TEST_CASE("a head has what its framing wants") {
    auto response = http::text_response(503, "busy");
    response.headers.push_back({"Retry-After", "5"});
    const std::string closing = http::response_head(response, {});
    CHECK(closing.starts_with("HTTP/1.1 503 Service Unavailable\r\nDate: "));
    CHECK(closing.find("\r\nContent-Length: 5\r\n") != std::string::npos);
    CHECK(closing.find("\r\nRetry-After: 5\r\n") != std::string::npos);
    CHECK(closing.ends_with("\r\nConnection: close\r\n\r\n"));
    CHECK(http::response_head(response, {.keep_alive = true, .version_1_1 = false}).find("keep-alive") !=
          std::string::npos);
    const http::PreparedResponse prepared(response);
    CHECK(prepared.usual_head().find("Connection") == std::string::npos);
    CHECK(prepared.usual_head().ends_with("\r\n\r\n"));
}
