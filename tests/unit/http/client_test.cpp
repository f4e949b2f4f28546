#include <base/files.hpp>
#include <http/client.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <functional>
#include <netinet/in.h>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <thread>
#include <vector>

using namespace health;
using namespace std::chrono_literals;

namespace {

constexpr auto patience = 20s; // for what should come at once, on a machine that is busy

/// A server of one connection after another, each of which answers one request after another with these bytes; it is
/// closed behind them.
class Script {
public:
    using Connections = std::vector<std::vector<std::string>>;

    explicit Script(Connections connections) : listening_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof address;
        auto* raw = reinterpret_cast<sockaddr*>(&address);
        REQUIRE(::bind(listening_.get(), raw, size) == 0);
        REQUIRE(::listen(listening_.get(), 8) == 0);
        REQUIRE(::getsockname(listening_.get(), raw, &size) == 0);
        port_ = ntohs(address.sin_port);
        thread_ = std::jthread([this, connections = std::move(connections)](const std::stop_token& stop) {
            for (const auto& answers : connections) {
                const Descriptor connection(readable(listening_, stop) ? ::accept(listening_.get(), nullptr, nullptr)
                                                                       : -1);
                for (const std::string& answer : answers) {
                    requests_.push_back(read_request(connection, stop));
                    write_all(connection.get(), answer);
                }
            }
        });
    }

    [[nodiscard]] Url url() const { return *parse_url("http://127.0.0.1:" + std::to_string(port_) + "/base"); }

    /// All that came, once all was answered, or nothing came any more.
    std::vector<std::string> requests() {
        thread_.request_stop();
        thread_.join();
        return requests_;
    }

private:
    static bool readable(const Descriptor& descriptor, const std::stop_token& stop) {
        for (const auto end = Clock::now() + patience; Clock::now() < end && !stop.stop_requested();) {
            pollfd one{.fd = descriptor.get(), .events = POLLIN, .revents = 0};
            if (::poll(&one, 1, 10) == 1)
                return true;
        }
        return false;
    }

    /// Up to an empty line, and the body "{}" behind it where there is one.
    static std::string read_request(const Descriptor& connection, const std::stop_token& stop) {
        std::string out;
        while (readable(connection, stop)) {
            std::array<char, 4096> chunk{};
            const ssize_t size = ::recv(connection.get(), chunk.data(), chunk.size(), 0);
            if (size <= 0)
                break;
            out.append(chunk.data(), static_cast<std::size_t>(size));
            if (out.ends_with(out.starts_with("POST") ? "\r\n\r\n{}" : "\r\n\r\n"))
                break;
        }
        return out;
    }

    Descriptor listening_;
    std::uint16_t port_ = 0;
    std::vector<std::string> requests_;
    std::jthread thread_;
};

const std::string hello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";
const std::string closing = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello";

std::unique_ptr<http::Client> client_of(const Script& script) {
    auto made = http::Client::make(script.url(), {});
    REQUIRE(made.has_value());
    return *std::move(made);
}

Result<http::Response> get(http::Client& client, Clock::duration time = patience, std::stop_token stop = {}) {
    return client.exchange({.method = "GET", .target = "/x", .headers = {{"X-A", "b"}}, .body = ""},
                           Deadline::after(time, std::move(stop)), patience);
}

} // namespace

TEST_CASE("a request has what it needs, and an answer comes back") {
    Script script({{hello, closing}});
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
        Script script({{first}, {hello, hello}});
        const auto client = client_of(script);
        for (int i = 0; i < 3; ++i)
            CHECK(get(*client).has_value());
        CHECK(script.requests().size() == 3);
    }
}

TEST_CASE("a kept connection that the server has closed is replaced, and the request sent again") {
    Script script({{hello}, {hello}});
    const auto client = client_of(script);
    CHECK(get(*client).has_value());
    CHECK(get(*client).has_value());
    CHECK(script.requests().size() == 2);
}

TEST_CASE("answers that only inform are passed over") {
    Script script({{"HTTP/1.1 103 Early Hints\r\n\r\n" + closing}});
    const auto client = client_of(script);
    CHECK(get(*client)->body == "hello");
}

TEST_CASE("what comes is told apart: cut off, not HTTP, nothing") {
    Script script({{"HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello"}, {"220 mail ready\r\n"}, {""}});
    const auto client = client_of(script);
    CHECK(get(*client)->body_problem->message == "the answer was cut off");
    CHECK(get(*client).error().kind == ErrorKind::bad_response);
    CHECK(get(*client).error().kind == ErrorKind::unreachable);
}

TEST_CASE("nobody waits longer than the deadline, or than a stop") {
    Script script({{"HTTP/1.1 200 OK\r\nContent-", "", ""}, {"", ""}});
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
        Script script(Script::Connections{});
        url = script.url();
    }
    const auto client = *http::Client::make(*url, {});
    const auto answer = get(*client);
    REQUIRE(answer.has_error());
    CHECK(answer.error().kind == ErrorKind::unreachable);
    CHECK(answer.error().message.find("Connection refused") != std::string::npos);
}
