#include <http/server.hpp>

#include <base/log.hpp>
#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <http/tls_stream.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <limits>
#include <list>
#include <optional>
#include <utility>

namespace health::http {

namespace asio = boost::asio;
namespace beast = boost::beast;
using asio::ip::tcp;
using boost::system::error_code;
using SteadyClock = std::chrono::steady_clock;

namespace {

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t read_size = 2048;
constexpr std::size_t most_refusals = 32;
constexpr auto sweep_interval = std::chrono::milliseconds(200);
constexpr auto accept_pause = std::chrono::milliseconds(100);

ServerResponse to_response(const Refusal& refusal) {
    return {.status = refusal.status,
            .content_type = "text/plain; charset=utf-8",
            .headers = {},
            .body = std::make_shared<const std::string>(fmt::format("{}\n", refusal.why))};
}

struct Address {
    std::string host;
    std::uint16_t port = 0;
};

std::optional<Address> parse_address(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return std::nullopt;
    Address out;
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos)
        return std::nullopt;
    out.host = host;
    const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
    if (!port)
        return std::nullopt;
    out.port = *port;
    return out;
}

std::string to_string(const tcp::endpoint& endpoint) {
    return endpoint.address().is_v6() ? fmt::format("[{}]:{}", endpoint.address().to_string(), endpoint.port())
                                      : fmt::format("{}:{}", endpoint.address().to_string(), endpoint.port());
}

struct Connection {
    explicit Connection(tcp::socket accepted) : socket(std::move(accepted)) {}

    tcp::socket socket;
    std::unique_ptr<TlsStream> tls; ///< null in clear text
    std::string buffer;
    SteadyClock::time_point deadline = SteadyClock::time_point::max();
    bool idle = false; ///< nothing is lost when it is closed

    void close() {
        if (tls)
            tls->say_goodbye();
        idle = false;
        error_code ignored;
        socket.close(ignored);
    }
};

} // namespace

class Server::Impl {
public:
    Impl(Handler handler, Limits limits, TlsSource tls)
        : handler_(std::move(handler)), limits_(limits), tls_(std::move(tls)) {}

    Result<std::string> listen(const std::string& address) {
        const auto parsed = parse_address(address);
        if (!parsed)
            return Error{ErrorKind::usage, fmt::format("\"{}\" is not an address to listen on", printable(address, 80)),
                         "write it like 127.0.0.1:8003, or :8003 for all interfaces"};
        error_code failure;
        if (parsed->host.empty()) {
            failure = open({tcp::v6(), parsed->port});
            if (failure == boost::system::errc::address_family_not_supported)
                failure = open({tcp::v4(), parsed->port});
        } else {
            tcp::resolver resolver(context_);
            const auto found = resolver.resolve(parsed->host, "", tcp::resolver::passive, failure);
            if (!failure)
                failure = open({found.begin()->endpoint().address(), parsed->port});
        }
        if (failure)
            return Error{ErrorKind::rejected,
                         fmt::format("cannot listen on {}: {}", printable(address, 80), failure.message()),
                         Remedy::choose_listen_address};
        return to_string(acceptor_.local_endpoint());
    }

    void run(const std::function<void()>& stopping, const std::function<void()>& reloading) {
        asio::co_spawn(context_, wait_for_reloads(reloading), asio::detached);
        asio::co_spawn(context_, accept(), asio::detached);
        asio::co_spawn(context_, sweep(), asio::detached);
        asio::co_spawn(context_, wait_for_signals(stopping), asio::detached);
        context_.run();
    }

private:
    error_code open(const tcp::endpoint& endpoint) {
        error_code failure;
        acceptor_.open(endpoint.protocol(), failure);
        if (failure)
            return failure;
        acceptor_.set_option(tcp::acceptor::reuse_address(true), failure);
        if (endpoint.address().is_v6())
            acceptor_.set_option(asio::ip::v6_only(false), failure);
        acceptor_.bind(endpoint, failure);
        if (!failure)
            acceptor_.listen(asio::socket_base::max_listen_connections, failure);
        return failure;
    }

    asio::awaitable<void> accept() {
        while (!stopping_) {
            auto [failure, socket] = co_await acceptor_.async_accept(use_tuple);
            if (failure == asio::error::operation_aborted)
                co_return;
            if (failure) {
                // Out of descriptors, most likely: those who are connected go on, and will leave.
                asio::steady_timer pause(context_, accept_pause);
                co_await pause.async_wait(use_tuple);
                continue;
            }
            socket.set_option(tcp::no_delay(true), failure);
            socket.non_blocking(true, failure);
            connections_.emplace_front(std::move(socket));
            asio::co_spawn(context_, attend(connections_.begin()), asio::detached);
        }
    }

    asio::awaitable<void> attend(std::list<Connection>::iterator self) {
        const bool welcome = connections_.size() <= limits_.connections || make_room();
        if ((welcome || connections_.size() <= limits_.connections + most_refusals) && co_await secure(*self)) {
            constexpr Refusal too_many{503, "too many connections"};
            if (!welcome)
                co_await refuse(*self, too_many);
            for (bool more = welcome; more && !stopping_;)
                more = co_await serve_one(*self);
        }
        self->close();
        connections_.erase(self);
        if (stopping_ && connections_.empty())
            context_.stop();
    }

    /// Closes the idle connection that would be closed first anyhow; false when none is idle.
    bool make_room() {
        Connection* first = nullptr;
        for (Connection& connection : connections_)
            if (connection.idle && (first == nullptr || connection.deadline < first->deadline))
                first = &connection;
        if (first != nullptr)
            first->close();
        return first != nullptr;
    }

    /// Whether requests may come: at once, or after a handshake.
    asio::awaitable<bool> secure(Connection& connection) {
        const TlsServerContext context = tls_ ? tls_() : nullptr;
        if (!context)
            co_return true;
        connection.deadline = SteadyClock::now() + limits_.receive;
        connection.idle = true;
        const auto [failure] = co_await connection.socket.async_wait(tcp::socket::wait_read, use_tuple);
        connection.idle = false;
        if (failure)
            co_return false;
        connection.tls = std::make_unique<TlsStream>(connection.socket, context);
        const auto handshake = co_await connection.tls->handshake();
        if (handshake == TlsStream::Handshake::done)
            co_return true;
        connection.tls.reset();
        if (handshake == TlsStream::Handshake::clear_text) {
            constexpr Refusal clear_text{400, "this is HTTP, and the server speaks HTTPS"};
            co_return co_await refuse(connection, clear_text);
        }
        co_await linger(connection);
        co_return false;
    }

    /// One request and its response; false when the connection is at its end.
    asio::awaitable<bool> serve_one(Connection& connection) {
        const auto head_size = co_await receive_head(connection);
        if (const auto* refusal = std::get_if<Refusal>(&head_size))
            co_return co_await refuse(connection, *refusal);
        if (std::holds_alternative<std::monostate>(head_size))
            co_return false;
        const std::string bytes = connection.buffer.substr(0, std::get<std::size_t>(head_size));
        const auto parsed = parse_head(bytes);
        if (const auto* refusal = std::get_if<Refusal>(&parsed))
            co_return co_await refuse(connection, *refusal);
        const Head& head = std::get<Head>(parsed);
        std::string body;
        if (!head.has_body()) {
            connection.buffer.erase(0, bytes.size());
        } else if (const auto refusal = co_await receive_body(connection, head, body)) {
            co_return co_await refuse(connection, *refusal);
        }
        connection.deadline = SteadyClock::time_point::max();
        const ServerRequest request{.head = head, .body = body};
        Outcome outcome = handler_(request);
        if (std::holds_alternative<Deferred>(outcome)) {
            Outcome later = co_await wait_for(outcome);
            outcome = std::move(later);
        }
        const Framing framing{.keep_alive = head.keep_alive() && !stopping_,
                              .head_only = head.method == "HEAD",
                              .version_1_1 = head.version_1_1};
        if (const auto* prepared = std::get_if<std::shared_ptr<const Prepared>>(&outcome)) {
            if (framing == Prepared::usual)
                co_return co_await write(connection, (*prepared)->usual_head(), *(*prepared)->response().body);
            co_return co_await send(connection, (*prepared)->response(), framing);
        }
        co_return co_await send(connection, std::get<ServerResponse>(outcome), framing);
    }

    asio::awaitable<std::variant<std::size_t, std::monostate, Refusal>> receive_head(Connection& connection) {
        connection.idle = connection.buffer.empty();
        connection.deadline = SteadyClock::now() + (connection.idle ? limits_.idle : limits_.receive);
        for (bool empty_line = false;;) {
            // RFC 9112, section 2.2: an empty line before the request line is let through.
            if (!empty_line && connection.buffer.starts_with("\r\n")) {
                connection.buffer.erase(0, 2);
                empty_line = true;
            }
            const auto end =
                !empty_line && connection.buffer == "\r" ? std::monostate{} : find_head_end(connection.buffer);
            if (const auto* size = std::get_if<std::size_t>(&end); size != nullptr && *size > limits_.head_bytes)
                co_return too_large(connection.buffer);
            if (!std::holds_alternative<std::monostate>(end))
                co_return end;
            if (connection.buffer.size() > limits_.head_bytes)
                co_return too_large(connection.buffer);
            if (!co_await receive_some(connection))
                co_return std::monostate{};
            if (connection.idle) {
                connection.idle = false;
                connection.deadline = SteadyClock::now() + limits_.receive;
            }
        }
    }

    Refusal too_large(std::string_view bytes) const {
        const bool request_line = bytes.substr(0, limits_.head_bytes).find('\n') == std::string_view::npos;
        return request_line ? Refusal{414, "the target is too long"} : Refusal{431, "the head is too large"};
    }

    static asio::awaitable<bool> receive_some(Connection& connection) {
        std::array<char, read_size> chunk; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the read
        std::size_t size = 0;
        if (connection.tls) {
            size = co_await connection.tls->read_some(asio::buffer(chunk));
        } else {
            const auto [failure, received] = co_await connection.socket.async_read_some(asio::buffer(chunk), use_tuple);
            size = failure ? 0 : received;
        }
        if (size == 0)
            co_return false;
        connection.buffer.append(chunk.data(), size);
        co_return true;
    }

    /// Takes the request from the buffer, head and body.
    asio::awaitable<std::optional<Refusal>> receive_body(Connection& connection, const Head& head, std::string& body) {
        constexpr Refusal too_large{413, "the body is too large"};
        if (head.content_length > limits_.body_bytes)
            co_return too_large;
        if (head.version_1_1 && iequals(head.header("Expect"), "100-continue"))
            co_await write(connection, "HTTP/1.1 100 Continue\r\n\r\n", {});
        beast::http::request_parser<beast::http::string_body> parser;
        parser.eager(true);
        parser.header_limit(static_cast<std::uint32_t>(limits_.head_bytes));
        parser.body_limit(limits_.body_bytes);
        // Beast lets a line end stand in a quoted extension, where others see the end of the chunk's head.
        auto check_extensions = [](std::uint64_t, std::string_view extensions, error_code& failure) {
            if (extensions.find_first_of("\r\n") != std::string_view::npos)
                failure = beast::http::error::bad_chunk_extension;
        };
        parser.on_chunk_header(check_extensions);
        for (std::size_t received = connection.buffer.size();;) {
            error_code failure;
            while (!connection.buffer.empty() && !parser.is_done()) {
                const std::size_t used = parser.put(asio::buffer(connection.buffer), failure);
                connection.buffer.erase(0, used);
                if (failure == beast::http::error::need_more)
                    break;
                if (failure == beast::http::error::body_limit)
                    co_return too_large;
                if (failure)
                    co_return Refusal{400, "malformed body"};
            }
            if (parser.is_done())
                break;
            const std::size_t before = connection.buffer.size();
            if (!co_await receive_some(connection))
                co_return Refusal{400, "the body did not come whole"};
            received += connection.buffer.size() - before;
            // Chunk extensions do not count as body for the parser, but they must end, too.
            if (received > limits_.head_bytes + 8 * limits_.body_bytes)
                co_return too_large;
        }
        body = std::move(parser.get().body());
        co_return std::nullopt;
    }

    asio::awaitable<Outcome> wait_for(Outcome outcome) {
        if (*waiting_ >= limits_.waiting)
            co_return to_response(Refusal{503, "too many requests are waiting"});
        while (const auto* deferred = std::get_if<Deferred>(&outcome)) {
            Outcome next = co_await wait(*deferred);
            outcome = std::move(next);
        }
        co_return outcome;
    }

    /// Who waits for an answer that comes later; the answer that comes first is taken.
    template <class Completion>
    class Waiter {
    public:
        Waiter(asio::io_context& context, Completion completion) : timer(context), completion_(std::move(completion)) {}

        void complete(const std::function<Outcome()>& make) {
            if (!completion_)
                return;
            timer.cancel();
            auto completion = std::exchange(completion_, std::nullopt);
            (*completion)(make());
        }

        asio::steady_timer timer;

    private:
        std::optional<Completion> completion_;
    };

    asio::awaitable<Outcome> wait(const Deferred& deferred) {
        return asio::async_initiate<decltype(asio::use_awaitable), void(Outcome)>(
            [this, deferred](auto completion) {
                auto waiter = std::make_shared<Waiter<decltype(completion)>>(context_, std::move(completion));
                if (deferred.patience) {
                    waiter->timer.expires_after(*deferred.patience);
                    waiter->timer.async_wait([waiter, otherwise = deferred.otherwise](error_code cancelled) {
                        if (!cancelled)
                            waiter->complete(otherwise);
                    });
                }
                // It counts until the reply is gone, not only until nobody waits any more.
                ++*waiting_;
                const std::shared_ptr<void> counted(nullptr, [count = waiting_](void*) { --*count; });
                deferred.begin([this, waiter, counted](std::function<Outcome()> make) {
                    asio::post(context_, [waiter, make = std::move(make)] { waiter->complete(make); });
                });
            },
            asio::use_awaitable);
    }

    /// A response, and the end of the connection.
    asio::awaitable<bool> refuse(Connection& connection, Refusal refusal) {
        const ServerResponse response = to_response(refusal);
        const Framing framing;
        co_return co_await send(connection, response, framing);
    }

    asio::awaitable<bool> send(Connection& connection, const ServerResponse& response, Framing framing) {
        const std::string head = response_head(response, framing);
        const std::string_view body = response.body && !framing.head_only ? *response.body : std::string_view{};
        const bool sent = co_await write(connection, head, body);
        if (!sent || framing.keep_alive)
            co_return sent;
        co_await linger(connection);
        co_return false;
    }

    asio::awaitable<bool> write(Connection& connection, std::string_view head, std::string_view body) {
        connection.deadline = SteadyClock::now() + limits_.send;
        if (connection.tls)
            co_return co_await connection.tls->write(head, body);
        std::array buffers{asio::buffer(head), asio::buffer(body)};
        // Nearly every answer fits into the socket's buffer: nobody has to wait for it.
        error_code failure;
        std::size_t size = connection.socket.write_some(buffers, failure);
        if (failure && failure != asio::error::would_block)
            co_return false;
        if (size == head.size() + body.size())
            co_return true;
        for (auto& buffer : buffers) {
            const std::size_t sent = std::min(size, buffer.size());
            buffer += sent;
            size -= sent;
        }
        // asio::transfer_all() would send 64 KiB at a time.
        constexpr auto all_at_once = [](const error_code& broken, std::size_t) {
            return broken ? std::size_t{0} : std::numeric_limits<std::size_t>::max();
        };
        const auto [broken, rest] = co_await asio::async_write(connection.socket, buffers, all_at_once, use_tuple);
        co_return !broken;
    }

    /// Closing with unread bytes would reset the connection, and the client might never see the answer.
    static asio::awaitable<void> linger(Connection& connection) {
        constexpr auto patience = std::chrono::seconds(1);
        constexpr int most_reads = 64;
        error_code failure;
        if (connection.tls)
            connection.tls->say_goodbye();
        connection.tls.reset();
        connection.socket.shutdown(tcp::socket::shutdown_send, failure);
        connection.deadline = SteadyClock::now() + patience;
        bool more = true;
        for (int i = 0; i < most_reads && more; ++i) {
            connection.buffer.clear();
            more = co_await receive_some(connection);
        }
    }

    /// One timer for all connections: setting a deadline costs a scrape nothing.
    asio::awaitable<void> sweep() {
        asio::steady_timer timer(context_);
        for (;;) {
            timer.expires_after(sweep_interval);
            co_await timer.async_wait(use_tuple);
            const auto now = SteadyClock::now();
            for (Connection& connection : connections_)
                if (connection.deadline <= now)
                    connection.close();
        }
    }

    asio::awaitable<void> wait_for_reloads(const std::function<void()>& reloading) {
        for (;;) {
            const auto [failure, signal] = co_await reloads_.async_wait(use_tuple);
            if (failure)
                co_return;
            reloading();
        }
    }

    asio::awaitable<void> wait_for_signals(const std::function<void()>& stopping) {
        const auto [failure, signal] = co_await signals_.async_wait(use_tuple);
        log::write(log::Level::info, "stopping", {{"signal", fmt::to_string(signal)}});
        stopping_ = true;
        acceptor_.close();
        for (Connection& connection : connections_)
            if (connection.idle)
                connection.close();
        if (connections_.empty())
            context_.stop();
        // From here on signals do what they do to any process, also while this thread is held up by `stopping`.
        signals_.clear();
        stopping();
        asio::steady_timer drain(context_, limits_.drain);
        co_await drain.async_wait(use_tuple);
        context_.stop();
    }

    Handler handler_;
    Limits limits_;
    TlsSource tls_;
    asio::io_context context_{1};
    /// From here on, so that a signal right after the address is known is not lost.
    asio::signal_set signals_{context_, SIGINT, SIGTERM};
    asio::signal_set reloads_{context_, SIGHUP};
    tcp::acceptor acceptor_{context_};
    std::list<Connection> connections_;
    /// Shared with replies, which may be gone later than the server, on other threads.
    std::shared_ptr<std::atomic<std::size_t>> waiting_ = std::make_shared<std::atomic<std::size_t>>(0);
    bool stopping_ = false;
};

Server::Server(Handler handler, Limits limits, TlsSource tls)
    : impl_(std::make_unique<Impl>(std::move(handler), limits, std::move(tls))) {}
Server::~Server() = default;

Result<std::string> Server::listen(const std::string& address) {
    return impl_->listen(address);
}

void Server::run(const std::function<void()>& stopping, const std::function<void()>& reloading) {
    impl_->run(stopping, reloading);
}

} // namespace health::http
