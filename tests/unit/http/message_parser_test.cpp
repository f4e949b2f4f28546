#include <http/message_parser.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace health;
using http::RequestBodyParser;
using http::ResponseParser;

namespace {

constexpr ResponseParser::Options usual{.without_body = false, .head_limit = 200, .body_limit = 20};

/// What becomes of an answer that comes in pieces of this size, and of the end of the connection behind it.
struct Parsed {
    Parsed(std::string bytes, std::size_t piece, const ResponseParser::Options& options = usual) : parser(options) {
        std::string received;
        while (!bytes.empty() && !failure && !parser.is_done()) {
            received += bytes.substr(0, piece);
            bytes.erase(0, piece);
            failure = parser.put(received);
        }
        rest = received + bytes;
        if (!failure && !parser.is_done())
            failure = parser.end();
    }

    ResponseParser parser;
    boost::system::error_code failure;
    std::string rest; ///< behind the answer
};

constexpr std::array<std::size_t, 3> pieces{1, 7, 1000};

std::optional<http::Refusal> put_all(RequestBodyParser& parser, std::string bytes, std::size_t piece) {
    std::string received;
    while (!bytes.empty() && !parser.is_done()) {
        received += bytes.substr(0, piece);
        bytes.erase(0, piece);
        if (const auto refusal = parser.put(received))
            return refusal;
    }
    return std::nullopt;
}

} // namespace

TEST_CASE("an answer is whole by its length, its last chunk, or the end of the connection") {
    const std::string head = "HTTP/1.1 200 OK\r\nX-A: b\r\n";
    for (const std::string& framed :
         {head + "Content-Length: 5\r\n\r\nhello",
          head + "Transfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3;x=\"y\"\r\nllo\r\n0\r\n\r\n", head + "\r\nhello"}) {
        for (const std::size_t piece : pieces) {
            CAPTURE(framed);
            CAPTURE(piece);
            Parsed parsed(framed, piece);
            REQUIRE(!parsed.failure);
            CHECK(parsed.parser.status() == 200);
            const auto response = parsed.parser.release({});
            CHECK(response.body == "hello");
            CHECK(response.header("x-a") == "b");
            CHECK(!response.body_problem);
        }
    }
}

TEST_CASE("what stands behind an answer is not of it") {
    const Parsed parsed("HTTP/1.1 204 No Content\r\n\r\nHTTP/1.1", 1000);
    CHECK(!parsed.failure);
    CHECK(parsed.rest == "HTTP/1.1");
}

TEST_CASE("an answer to HEAD, and one that only informs, has no body") {
    const Parsed head("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", 1000,
                      {.without_body = true, .head_limit = 200, .body_limit = 20});
    CHECK(!head.failure);
    CHECK(head.parser.keep_alive());
    const Parsed early("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n", 1000);
    CHECK(!early.failure);
    CHECK(early.parser.status() == 103);
    CHECK(early.rest == "HTTP/1.1 200 OK\r\n");
}

TEST_CASE("a connection stays open unless the answer says otherwise, or has no end of its own") {
    CHECK(Parsed("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 1000).parser.keep_alive());
    CHECK(!Parsed("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 1000).parser.keep_alive());
    CHECK(!Parsed("HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n", 1000).parser.keep_alive());
    CHECK(!Parsed("HTTP/1.1 200 OK\r\n\r\nx", 1000).parser.keep_alive());
}

TEST_CASE("an answer that ends early is no answer without its head, and half of one with it") {
    for (const char* bytes : {"", "HTTP/1.1 2", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n"}) {
        CAPTURE(bytes);
        const Parsed parsed(bytes, 1000);
        CHECK(parsed.failure);
        CHECK(!parsed.parser.has_head());
        CHECK(!http::is_not_http(parsed.failure));
    }
    for (const char* bytes : {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhel",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
                              "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n"}) {
        CAPTURE(bytes);
        Parsed parsed(bytes, 1000);
        REQUIRE(parsed.failure);
        REQUIRE(parsed.parser.has_head());
        CHECK(parsed.parser.release(parsed.failure).body_problem->message == "the answer was cut off");
    }
}

TEST_CASE("an answer that is too large is not taken, however that shows") {
    const std::string body(21, 'x');
    for (const std::string& framed :
         {"HTTP/1.1 500 No\r\nContent-Length: 21\r\n\r\n" + body,
          "HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n15\r\n" + body, "HTTP/1.1 500 No\r\n\r\n" + body}) {
        for (const std::size_t piece : pieces) {
            CAPTURE(framed);
            CAPTURE(piece);
            Parsed parsed(framed, piece);
            REQUIRE(parsed.failure);
            REQUIRE(parsed.parser.has_head());
            const auto response = parsed.parser.release(parsed.failure);
            CHECK(response.status == 500);
            CHECK(response.body_problem->message == "the answer is too large");
        }
    }
    const Parsed head("HTTP/1.1 200 OK\r\nX: " + std::string(200, 'x') + "\r\n\r\n", 1000);
    CHECK(http::is_not_http(head.failure));
}

TEST_CASE("what is not HTTP is told from what ends early") {
    for (const char* bytes : {"SSH-2.0-OpenSSH\r\n", "<html>hello</html>", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n"}) {
        CAPTURE(bytes);
        const Parsed parsed(bytes, 1000);
        CHECK(parsed.failure);
        CHECK(!parsed.parser.has_head());
        CHECK(http::is_not_http(parsed.failure));
    }
}

TEST_CASE("the body of a request is taken from its framing") {
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\n";
    for (const std::string& framed :
         {head + "Content-Length: 5\r\n\r\nhello",
          head + "Transfer-Encoding: chunked\r\n\r\n2;a\r\nhe\r\n3\r\nllo\r\n0\r\nTrailer: x\r\n\r\n"}) {
        for (const std::size_t piece : pieces) {
            CAPTURE(framed);
            CAPTURE(piece);
            RequestBodyParser parser(1000, 20);
            CHECK(!put_all(parser, framed, piece));
            REQUIRE(parser.is_done());
            CHECK(parser.release() == "hello");
        }
    }
}

TEST_CASE("an empty body may be one last chunk, byte by byte") {
    for (const std::size_t piece : pieces) {
        CAPTURE(piece);
        RequestBodyParser parser(1000, 20);
        CHECK(!put_all(parser, "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", piece));
        CHECK(parser.is_done());
    }
}

TEST_CASE("a body that is too large or malformed is refused") {
    const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (const std::size_t piece : pieces) {
        CAPTURE(piece);
        RequestBodyParser large(1000, 20);
        CHECK(put_all(large, head + "15\r\n", piece)->status == 413);
        RequestBodyParser no_size(1000, 20);
        CHECK(put_all(no_size, head + "x\r\n", piece)->status == 400);
        // A line end within a quoted extension is where others see the end of the chunk's head.
        RequestBodyParser smuggled(1000, 20);
        CHECK(put_all(smuggled, head + "2;a=\"\r\n\"\r\nhe\r\n", piece)->status == 400);
    }
}
