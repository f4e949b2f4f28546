#pragma once

#include <http/head.hpp>
#include <http/limits.hpp>
#include <http/prepared_response.hpp>
#include <http/stream.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace health::http {

/// A server's end of a connection: requests come in, responses go out.
class Connection {
public:
    using Clock = std::chrono::steady_clock;

    Connection(boost::asio::ip::tcp::socket accepted, const Limits& limits);

    /// Whether requests may come: at once in clear text (without a context), or after a handshake.
    boost::asio::awaitable<bool> open(ssl_ctx_st* tls);

    /// The size of the next request's head in the received bytes; nothing when the client has left.
    boost::asio::awaitable<std::variant<std::size_t, std::monostate, Refusal>> receive_head();
    [[nodiscard]] std::string head_bytes(std::size_t size) const { return received_.substr(0, size); }
    /// Removes a request without a body from the received bytes.
    void remove_request(std::size_t head_size) { received_.erase(0, head_size); }
    /// Removes the request, head and body, from the received bytes.
    boost::asio::awaitable<std::optional<Refusal>> receive_body(const Head& head, std::string& body);
    /// There is no deadline while the response is made.
    void suspend_deadline() { deadline_ = Clock::time_point::max(); }

    /// Whether another request may follow.
    boost::asio::awaitable<bool> send(const ServerResponse& response, Framing framing);
    boost::asio::awaitable<boost::system::error_code> send_usual(const PreparedResponse& prepared);
    /// Sends a response and ends the connection; always false.
    boost::asio::awaitable<bool> refuse(Refusal refusal);

    /// Whether it can be closed without losing anything.
    [[nodiscard]] bool is_idle() const { return idle_; }
    [[nodiscard]] Clock::time_point deadline() const { return deadline_; }
    /// Pending operations fail.
    void close();

private:
    boost::asio::awaitable<bool> receive_some();
    boost::asio::awaitable<boost::system::error_code> write(std::string_view head, std::string_view body);
    boost::asio::awaitable<void> linger();
    [[nodiscard]] Refusal too_large() const;

    const Limits& limits_;
    Stream stream_;
    std::string received_;
    Clock::time_point deadline_ = Clock::time_point::max();
    bool idle_ = false;
};

} // namespace health::http
