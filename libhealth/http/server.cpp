#include <http/server.hpp>

#include <base/log.hpp>
#include <base/printable.hpp>
#include <http/awaitable.hpp>
#include <http/connection.hpp>
#include <http/listener.hpp>
#include <http/replies.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <csignal>
#include <list>
#include <optional>

namespace health::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

/// How many connections beyond the limit get an answer; any further ones are closed without one.
constexpr std::size_t refused_at_once = 32;
constexpr auto sweep_interval = std::chrono::milliseconds(200);
constexpr auto pause_after_failure = std::chrono::milliseconds(100);

} // namespace

class Server::Impl {
public:
    Impl(Handler handler, Limits limits, TlsSource tls)
        : handler_(std::move(handler)), limits_(limits), tls_(std::move(tls)) {}

    Result<std::string> listen(const std::string& address) { return http::listen(acceptor_, address); }

    void run(const std::function<void()>& stopping, const std::function<void()>& reloading) {
        asio::co_spawn(context_, wait_for_reloads(reloading), asio::detached);
        asio::co_spawn(context_, accept(), asio::detached);
        asio::co_spawn(context_, close_overdue(), asio::detached);
        asio::co_spawn(context_, wait_for_signals(stopping), asio::detached);
        context_.run();
    }

private:
    asio::awaitable<void> accept() {
        while (!stopping_) {
            auto [failure, socket] = co_await acceptor_.async_accept(use_tuple);
            if (failure == asio::error::operation_aborted)
                co_return;
            if (failure) {
                // Most likely out of descriptors: existing connections continue, and free some when they end.
                asio::steady_timer pause(context_, pause_after_failure);
                co_await pause.async_wait(use_tuple);
                continue;
            }
            connections_.emplace_front(std::move(socket), limits_);
            asio::co_spawn(context_, serve(connections_.begin()), asio::detached);
        }
    }

    asio::awaitable<void> serve(std::list<Connection>::iterator self) {
        Connection& connection = *self;
        const bool admitted = connections_.size() <= limits_.connections || make_room();
        if (admitted || connections_.size() <= limits_.connections + refused_at_once) {
            const TlsServerContext tls = tls_ ? tls_() : nullptr;
            const bool open = co_await connection.open(tls.get());
            constexpr Refusal too_many{503, "too many connections"};
            if (open && !admitted)
                co_await connection.refuse(too_many);
            for (bool more = open && admitted; more && !stopping_;)
                more = co_await serve_one(connection);
        }
        connection.close();
        connections_.erase(self);
        if (stopping_ && connections_.empty())
            context_.stop();
    }

    /// Closes the idle connection that would be closed first anyway; false when none is idle.
    bool make_room() {
        Connection* first = nullptr;
        for (Connection& connection : connections_)
            if (connection.is_idle() && (first == nullptr || connection.deadline() < first->deadline()))
                first = &connection;
        if (first != nullptr)
            first->close();
        return first != nullptr;
    }

    /// Serves one request; false when the connection has to be closed.
    asio::awaitable<bool> serve_one(Connection& connection) {
        const auto head_size = co_await connection.receive_head();
        if (const auto* refusal = std::get_if<Refusal>(&head_size))
            co_return co_await connection.refuse(*refusal);
        if (std::holds_alternative<std::monostate>(head_size))
            co_return false;
        const std::string bytes = connection.head_bytes(std::get<std::size_t>(head_size));
        const auto parsed = parse_head(bytes);
        if (const auto* refusal = std::get_if<Refusal>(&parsed))
            co_return co_await connection.refuse(*refusal);
        const Head& head = std::get<Head>(parsed);
        std::string body;
        if (!head.has_body())
            connection.remove_request(bytes.size());
        else if (const auto refusal = co_await connection.receive_body(head, body))
            co_return co_await connection.refuse(*refusal);
        connection.suspend_deadline();
        const ServerRequest request{.head = head, .body = body};
        Outcome outcome = handle(request);
        if (std::holds_alternative<Deferred>(outcome)) {
            Outcome later = co_await replies_.wait_for(std::move(outcome));
            outcome = std::move(later);
        }
        const Framing framing{.keep_alive = head.keep_alive() && !stopping_,
                              .head_only = head.method == "HEAD",
                              .version_1_1 = head.version_1_1};
        if (const auto* prepared = std::get_if<std::shared_ptr<const PreparedResponse>>(&outcome)) {
            if (framing == PreparedResponse::usual)
                co_return !co_await connection.send_usual(**prepared);
            co_return co_await connection.send((*prepared)->response(), framing);
        }
        co_return co_await connection.send(std::get<ServerResponse>(outcome), framing);
    }

    /// What goes wrong with one request must neither end the others nor keep its client waiting.
    Outcome handle(const ServerRequest& request) const {
        try {
            return handler_(request);
        } catch (const std::exception& failure) {
            log::write(log::Level::error, "request failed",
                       {{"path", printable(request.head.path)}, {"error", failure.what()}});
            return text_response(500, "internal error");
        }
    }

    /// One timer for all connections: setting a deadline costs a scrape nothing.
    asio::awaitable<void> close_overdue() {
        asio::steady_timer timer(context_);
        for (;;) {
            timer.expires_after(sweep_interval);
            co_await timer.async_wait(use_tuple);
            const auto now = Connection::Clock::now();
            for (Connection& connection : connections_)
                if (connection.deadline() <= now)
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
        // From here on signals have their default effect, even while `stopping` blocks this thread: whoever reads the
        // log may send the next one.
        signals_.clear();
        log::write(log::Level::info, "stopping", {{"signal", fmt::to_string(signal)}});
        stopping_ = true;
        acceptor_.close();
        for (Connection& connection : connections_)
            if (connection.is_idle())
                connection.close();
        if (connections_.empty())
            context_.stop();
        stopping();
        asio::steady_timer drain(context_, limits_.drain);
        co_await drain.async_wait(use_tuple);
        context_.stop();
    }

    Handler handler_;
    Limits limits_;
    TlsSource tls_;
    asio::io_context context_{1};
    /// Registered before the address is known, so that a signal right after that is not lost.
    asio::signal_set signals_{context_, SIGINT, SIGTERM};
    asio::signal_set reloads_{context_, SIGHUP};
    tcp::acceptor acceptor_{context_};
    std::list<Connection> connections_;
    Replies replies_{context_, limits_.waiting};
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
