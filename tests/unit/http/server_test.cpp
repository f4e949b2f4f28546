#include "patience.hpp"

#include <http/server.hpp>

#include <doctest/doctest.h>

#include <arpa/inet.h>
#include <array>
#include <chrono>
#include <csignal>
#include <mutex>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace health;
using namespace std::chrono_literals;
using SteadyClock = std::chrono::steady_clock;
using test::patience;

namespace {

http::Outcome page(std::size_t size) {
    return http::ServerResponse{.status = 200,
                                .content_type = "text/plain",
                                .headers = {},
                                .body = std::make_shared<const std::string>(size, 'x')};
}

/// A server on a free port and a thread of its own, until the end of the test.
class Serving {
public:
    Serving(http::Handler handler, http::Limits limits) : server_(std::move(handler), limits) {
        const auto address = server_.listen("127.0.0.1:0");
        REQUIRE(address.has_value());
        port_ = static_cast<std::uint16_t>(std::stoi(address->substr(address->rfind(':') + 1)));
        thread_ = std::thread([this] { server_.run([] {}, [] {}); });
    }
    ~Serving() {
        ::kill(::getpid(), SIGTERM);
        thread_.join();
    }

    [[nodiscard]] std::uint16_t port() const { return port_; }

private:
    http::Server server_;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

class Client {
public:
    /// Little room, so that what it does not read fills the server's side soon.
    explicit Client(std::uint16_t port, int room = 4096) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(port);
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        REQUIRE(::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }
    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client() { ::close(socket_); }

    void send(std::string_view bytes) const {
        REQUIRE(::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
    }

    /// What comes until a text that ends with this; or until the end of the connection.
    [[nodiscard]] std::string read(std::string_view until = {}) const {
        std::string out;
        // Large, so that a busy machine takes a large answer before the server's limit.
        std::vector<char> chunk(std::size_t{1} << 20U);
        for (const auto end = SteadyClock::now() + patience; SteadyClock::now() < end;) {
            if (!until.empty() && out.ends_with(until))
                return out;
            pollfd readable{.fd = socket_, .events = POLLIN, .revents = 0};
            if (::poll(&readable, 1, 100) == 0)
                continue;
            const ssize_t size = ::recv(socket_, chunk.data(), chunk.size(), 0);
            if (size <= 0)
                return out;
            out.append(chunk.data(), static_cast<std::size_t>(size));
        }
        FAIL("nothing came, and the connection did not end");
        return out;
    }

private:
    int socket_;
};

constexpr std::string_view request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

} // namespace

TEST_CASE("a connection without requests is closed after the limit for that") {
    const Serving serving([](const http::ServerRequest&) { return page(2); }, {.idle = 500ms});
    // A request that is held up for longer than that comes too late: it has to be tried again.
    auto sending = SteadyClock::duration::max();
    for (int attempt = 0; attempt < 10 && sending > 400ms; ++attempt) {
        const auto began = SteadyClock::now();
        const Client fresh(serving.port());
        const Client used(serving.port());
        used.send(request);
        const std::string answer = used.read("xx");
        sending = SteadyClock::now() - began;
        if (sending > 400ms)
            continue;
        CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
        CHECK(used.read().empty());
        CHECK(fresh.read().empty());
        const auto took = SteadyClock::now() - began;
        CHECK(took > 400ms);
        CHECK(took < 5s);
    }
    CHECK(sending <= 400ms);
}

TEST_CASE("a client that does not take its answer is left after the limit for that, and one that does is not") {
    constexpr std::size_t large = 16U << 20U; // more than the kernel keeps, and not too much for a busy machine
    std::mutex mutex;
    std::optional<std::weak_ptr<const std::string>> held;
    const Serving serving(
        [&](const http::ServerRequest&) {
            auto outcome = page(large);
            const std::lock_guard lock(mutex);
            held = std::get<http::ServerResponse>(outcome).body;
            return outcome;
        },
        {.send = 3s});
    const Client stuck(serving.port());
    const auto began = SteadyClock::now();
    stuck.send(request);
    const auto let_go = [&] {
        const std::lock_guard lock(mutex);
        return held && held->expired();
    };
    while (!let_go() && SteadyClock::now() - began < patience)
        std::this_thread::sleep_for(10ms);
    CHECK(let_go());
    CHECK(SteadyClock::now() - began > 2900ms);
    CHECK(stuck.read().size() < large);
    const Client reading(serving.port(), 1 << 20);
    reading.send("GET / HTTP/1.0\r\n\r\n");
    CHECK(reading.read().size() > large);
}

TEST_CASE("a request that fails unexpectedly is answered, and its connection and the others live on") {
    const Serving serving(
        [](const http::ServerRequest& received) -> http::Outcome {
            if (received.head.path == "/fails")
                throw std::runtime_error("out of luck");
            return page(2);
        },
        {});
    const Client client(serving.port());
    client.send("GET /fails HTTP/1.1\r\nHost: x\r\n\r\n");
    CHECK(client.read("internal error\n").starts_with("HTTP/1.1 500 "));
    client.send(request);
    CHECK(client.read("xx").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("an invitation to send the body does not extend the time for the request") {
    const Serving serving([](const http::ServerRequest&) { return page(2); },
                          {.receive = std::chrono::milliseconds(200), .send = std::chrono::hours(1)});
    const Client client(serving.port());
    client.send("POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
    CHECK(client.read().starts_with("HTTP/1.1 100 Continue\r\n\r\n"));
}

TEST_CASE("at the cap the connection that has been idle longest makes room") {
    const Serving serving([](const http::ServerRequest&) { return page(2); }, {.connections = 2});
    const Client first(serving.port());
    first.send(request);
    CHECK(first.read("xx").size() > 2);
    const Client second(serving.port());
    second.send(request);
    CHECK(second.read("xx").size() > 2);
    const Client third(serving.port());
    third.send(request);
    CHECK(third.read("xx").starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(first.read().empty());
    second.send(request);
    CHECK(second.read("xx").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("at the cap 503 is the answer while nobody is idle") {
    const Serving serving([](const http::ServerRequest&) { return page(2); }, {.connections = 1});
    const Client busy(serving.port());
    busy.send("GET / HTTP/1.1\r\nHo");
    std::string answer;
    // The half request may not have been read yet when the next one comes.
    for (const auto end = SteadyClock::now() + patience; answer.empty() && SteadyClock::now() < end;) {
        const Client newcomer(serving.port());
        newcomer.send("GET / HTTP/1.0\r\n\r\n");
        answer = newcomer.read();
    }
    CHECK(answer.starts_with("HTTP/1.1 503 "));
    busy.send("st: x\r\n\r\n");
    CHECK(busy.read("xx").starts_with("HTTP/1.1 200 OK\r\n"));
}

TEST_CASE("an answer may come later, from another thread, and be put off again") {
    // A reply must be gone before its server is.
    std::mutex mutex;
    std::vector<std::jthread> threads;
    const auto later = [&](http::Outcome outcome) {
        return http::Deferred{[&, outcome = std::move(outcome)](http::Reply reply) {
            const std::scoped_lock lock(mutex);
            threads.emplace_back([outcome, reply = std::move(reply)] { reply([outcome] { return outcome; }); });
        }};
    };
    const Serving serving([&](const http::ServerRequest&) { return later(later(page(2))); }, {});
    const Client client(serving.port());
    client.send(request);
    CHECK(client.read("xx").starts_with("HTTP/1.1 200 OK\r\n"));
    client.send(request);
    CHECK(client.read("xx").starts_with("HTTP/1.1 200 OK\r\n"));
    const std::scoped_lock lock(mutex);
    threads.clear();
}

TEST_CASE("a second signal ends the process at once, also while it is held up by its own end") {
    for (const int signal : {SIGTERM, SIGINT}) {
        std::array<int, 2> pipe{};
        REQUIRE(::pipe(pipe.data()) == 0);
        const pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) {
            ::alarm(static_cast<unsigned>(2 * patience.count())); // or the test would wait for ever for its end
            const auto say = [&] { static_cast<void>(!::write(pipe[1], "x", 1)); };
            http::Server server([](const http::ServerRequest&) { return page(2); }, {});
            if (!server.listen("127.0.0.1:0"))
                ::_exit(1);
            say();
            const auto stopping = [&] {
                say();
                std::this_thread::sleep_for(patience);
            };
            server.run(stopping, [] {});
            ::_exit(0);
        }
        ::close(pipe[1]); // a child that has ended is heard as the end
        char heard = 0;
        REQUIRE(::read(pipe[0], &heard, 1) == 1);
        ::kill(child, SIGTERM);
        REQUIRE(::read(pipe[0], &heard, 1) == 1);
        const auto began = SteadyClock::now();
        ::kill(child, signal);
        int status = 0;
        REQUIRE(::waitpid(child, &status, 0) == child);
        CHECK(SteadyClock::now() - began < 5s);
        CHECK(WIFSIGNALED(status));
        CHECK(WTERMSIG(status) == signal);
        ::close(pipe[0]);
    }
}
