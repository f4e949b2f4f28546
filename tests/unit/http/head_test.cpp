#include <http/head.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace health::http;

namespace {

std::variant<Head, Refusal> parse(const std::string& bytes) {
    const auto end = find_head_end(bytes);
    if (const auto* refusal = std::get_if<Refusal>(&end))
        return *refusal;
    REQUIRE(std::holds_alternative<std::size_t>(end));
    REQUIRE(std::get<std::size_t>(end) == bytes.size());
    return parse_head(bytes);
}

int refused(const std::string& bytes) {
    const auto result = parse(bytes);
    const auto* refusal = std::get_if<Refusal>(&result);
    return refusal == nullptr ? 0 : refusal->status;
}

} // namespace

TEST_CASE("a plain request") {
    const std::string bytes = "GET /metrics?a=b HTTP/1.1\r\nHost: localhost:8003\r\nAccept:  text/plain \r\n\r\n";
    const auto result = parse(bytes);
    REQUIRE(std::holds_alternative<Head>(result));
    const Head& head = std::get<Head>(result);
    CHECK(head.method == "GET");
    CHECK(head.path == "/metrics");
    CHECK(head.query == "a=b");
    CHECK(head.header("accept") == "text/plain");
    CHECK(head.keep_alive());
    CHECK(!head.has_body());
}

TEST_CASE("a head that has not come whole is waited for") {
    const std::string bytes = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
    for (std::size_t size = 0; size < bytes.size(); ++size)
        CHECK(std::holds_alternative<std::monostate>(find_head_end(bytes.substr(0, size))));
}

TEST_CASE("keep-alive is the default of HTTP/1.1 alone") {
    const auto keep_alive = [](const std::string& bytes) { return std::get<Head>(parse(bytes)).keep_alive(); };
    CHECK(!keep_alive("GET / HTTP/1.1\r\nHost: x\r\nConnection: foo, Close\r\n\r\n"));
    CHECK(!keep_alive("GET / HTTP/1.0\r\n\r\n"));
    CHECK(keep_alive("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

TEST_CASE("the absolute form names the same path") {
    const std::string bytes = "GET http://localhost:8003/metrics HTTP/1.1\r\nHost: x\r\n\r\n";
    const std::string root = "GET http://localhost HTTP/1.1\r\nHost: x\r\n\r\n";
    CHECK(std::get<Head>(parse(bytes)).path == "/metrics");
    CHECK(std::get<Head>(parse(root)).path == "/");
}

TEST_CASE("what smuggles requests is refused") {
    for (const char* bytes : {
             "GET / HTTP/1.1\r\n\r\n",                                                       // no Host
             "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",                                 // two
             "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",                                          // malformed Host
             "GET / HTTP/1.1\nHost: a\n\n",                                                  // bare LF
             "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n",                                 // bare CR
             "GET / HTTP/1.1\r\nHost : a\r\n\r\n",                                           // blank before the colon
             "GET / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",                                 // obs-fold
             "GET / HTTP/1.1\r\nHost: a\r\n: x\r\n\r\n",                                     // no name
             "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",                                           // two blanks
             "GET / HTTP/1.1 \r\nHost: a\r\n\r\n",                                           // blank at the end
             "GET / HTTP/2.0\r\nHost: a\r\n\r\n",                                            // version
             "GET / http/1.1\r\nHost: a\r\n\r\n",                                            // version in lower case
             "GET /\r\n\r\n",                                                                // HTTP/0.9
             "G@T / HTTP/1.1\r\nHost: a\r\n\r\n",                                            // method is no token
             "GET metrics HTTP/1.1\r\nHost: a\r\n\r\n",                                      // target is no path
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\n", // twice
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1, 1\r\n\r\n",                   // a list
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\n",                     // signed
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x1\r\n\r\n",                    // hexadecimal
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\n",                       // empty
             "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",   // overflow
             "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",       // unknown coding
             "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",            // unknown coding
             "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n",
             "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
             "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", // chunked on HTTP/1.0
             "\x16\x03\x01",                                          // TLS
         }) {
        CAPTURE(bytes);
        CHECK(refused(bytes) == 400);
    }
}

TEST_CASE("too many headers") {
    std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int i = 0; i < 100; ++i)
        bytes += "X: y\r\n";
    CHECK(refused(bytes + "\r\n") == 431);
}
