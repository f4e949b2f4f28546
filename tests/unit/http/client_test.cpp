#include "scripted_server.hpp"

#include <http/client.hpp>

#include <doctest/doctest.h>

#include <string>
#include <thread>

using namespace health;
using namespace std::chrono_literals;
using test::patience;
using test::ScriptedServer;

namespace {

const std::string hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const std::string closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello";

std::unique_ptr<http::Client> client_of(const ScriptedServer& script) {
    auto made = http::Client::make(script.url("/base"), {});
    REQUIRE(made.has_value());
    return *std::move(made);
}

Result<http::Response> get(http::Client& client, Clock::duration time = patience, std::stop_token stop = {}) {
    return client.exchange({.method = "GET", .target = "/x", .headers = {{"X-A", "b"}}, .body = ""},
                           Deadline::after(time, std::move(stop)), patience);
}

} // namespace

TEST_CASE("a request has what it needs, and an answer comes back") {
    ScriptedServer script({{hello, closing}});
    const auto client = client_of(script);
    const auto answer = get(*client);
    REQUIRE(answer.has_value());
    CHECK(answer->status == 200);
    CHECK(answer->body == "hello");
    CHECK(client
              ->exchange({.method = "POST", .target = "/y", .headers = {}, .body = "{}"}, Deadline::after(patience),
                         patience)
              .has_value());
    const auto requests = script.requests();
    REQUIRE(requests.size() == 2);
    CHECK(requests[0].starts_with("GET /base/x HTTP/1.1\r\nHost: 127.0.0.1:"));
    CHECK(requests[0].find("\r\nX-A: b\r\n") != std::string::npos);
    CHECK(requests[0].find("\r\nAccept-Encoding: gzip\r\n") != std::string::npos);
    CHECK(requests[0].find("Content-Length") == std::string::npos);
    CHECK(requests[1].find("\r\nContent-Length: 2\r\n") != std::string::npos);
}

TEST_CASE("a connection is kept, unless the server closes it or says more than was asked") {
    for (const std::string& first : {closing, hello + "more"}) {
        ScriptedServer script({{first}, {hello, hello}});
        const auto client = client_of(script);
        for (int i = 0; i < 3; ++i)
            CHECK(get(*client).has_value());
        CHECK(script.requests().size() == 3);
    }
}

TEST_CASE("a kept connection that the server has closed is replaced, and the request sent again") {
    ScriptedServer script({{hello}, {hello}});
    const auto client = client_of(script);
    CHECK(get(*client).has_value());
    CHECK(get(*client).has_value());
    CHECK(script.requests().size() == 2);
}

TEST_CASE("answers that only inform are passed over") {
    ScriptedServer script({{"HTTP/1.1 103 Early Hints\r\n\r\n" + closing}});
    const auto client = client_of(script);
    CHECK(get(*client)->body == "hello");
}

TEST_CASE("what comes is told apart: cut off, not HTTP, nothing") {
    ScriptedServer script({{"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"}, {"220 mail ready\r\n"}, {""}});
    const auto client = client_of(script);
    CHECK(get(*client)->body_problem->message == "the answer was cut off");
    CHECK(get(*client).error().kind == ErrorKind::bad_response);
    CHECK(get(*client).error().kind == ErrorKind::unreachable);
}

TEST_CASE("nobody waits longer than the deadline, or than a stop") {
    ScriptedServer script({{"HTTP/1.1 200 OK\r\nContent-", "", ""}, {"", ""}});
    const auto client = client_of(script);
    const auto began = Clock::now();
    CHECK(get(*client, 50ms).error().kind == ErrorKind::timeout);
    std::stop_source source;
    std::jthread stopping([&] { source.request_stop(); });
    CHECK(get(*client, patience, source.get_token()).error().kind == ErrorKind::timeout);
    CHECK(Clock::now() - began < patience / 2);
}

TEST_CASE("where nobody listens is unreachable") {
    std::optional<Url> url;
    {
        ScriptedServer script(ScriptedServer::Connections{});
        url = script.url("/base");
    }
    const auto client = *http::Client::make(*url, {});
    const auto answer = get(*client);
    REQUIRE(answer.has_error());
    CHECK(answer.error().kind == ErrorKind::unreachable);
    CHECK(answer.error().message.find("Connection refused") != std::string::npos);
}
