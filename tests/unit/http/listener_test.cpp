#include <http/listen_address.hpp>
#include <http/listener.hpp>

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

using namespace health;
using boost::asio::ip::tcp;

TEST_CASE("an address to listen on is a host and a port") {
    const auto address = http::parse_listen_address("127.0.0.1:8003");
    REQUIRE(address.has_value());
    CHECK(address->host == "127.0.0.1");
    CHECK(address->port == 8003);
    CHECK(http::parse_listen_address(":0")->host.empty());
    CHECK(http::parse_listen_address("[::1]:80")->host == "::1");
    CHECK(http::parse_listen_address("localhost:80")->host == "localhost");
    for (const char* text : {"", "8003", "localhost", "localhost:", "localhost:x", "localhost:65536", "localhost:-1",
                             "::1:80", "127.0.0.1:80 "}) {
        CAPTURE(text);
        CHECK(!http::parse_listen_address(text).has_value());
    }
}

TEST_CASE("a listener names the address that it got, and one that is taken is refused") {
    boost::asio::io_context context;
    tcp::acceptor first(context);
    const auto address = http::listen(first, "127.0.0.1:0");
    REQUIRE(address.has_value());
    CHECK(*address == "127.0.0.1:" + std::to_string(first.local_endpoint().port()));
    tcp::acceptor second(context);
    const auto taken = http::listen(second, *address);
    REQUIRE(taken.has_error());
    CHECK(taken.error().kind == ErrorKind::rejected);
    CHECK(taken.error().message.starts_with("cannot listen on 127.0.0.1:"));
    tcp::acceptor third(context);
    CHECK(http::listen(third, "nonsense").error().kind == ErrorKind::usage);
}
