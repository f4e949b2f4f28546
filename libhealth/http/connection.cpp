#include <http/connection.hpp>

#include <base/text.hpp>
#include <http/awaitable.hpp>
#include <http/message_parser.hpp>

#include <array>

namespace health::http {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t head_read_size = 2048;

} // namespace

Connection::Connection(tcp::socket accepted, const Limits& limits) : limits_(limits), stream_(std::move(accepted)) {
    stream_.set_options();
}

asio::awaitable<bool> Connection::open(ssl_ctx_st* tls) {
    if (tls == nullptr)
        co_return true;
    deadline_ = Clock::now() + limits_.receive;
    idle_ = true;
    const auto [silent] = co_await stream_.socket().async_wait(tcp::socket::wait_read, use_tuple);
    idle_ = false;
    if (silent)
        co_return false;
    const error_code failure = co_await stream_.start_tls(tls).accept();
    if (!failure)
        co_return true;
    stream_.end_tls();
    constexpr Refusal clear_text{400, "this is HTTP, but the server expects HTTPS"};
    if (is_clear_text(failure))
        co_await refuse(clear_text);
    else
        co_await linger();
    co_return false;
}

asio::awaitable<std::variant<std::size_t, std::monostate, Refusal>> Connection::receive_head() {
    idle_ = received_.empty();
    deadline_ = Clock::now() + (idle_ ? limits_.idle : limits_.receive);
    for (bool empty_line = false;;) {
        // RFC 9112, section 2.2: an empty line before the request line is ignored.
        if (!empty_line && received_.starts_with("\r\n")) {
            received_.erase(0, 2);
            empty_line = true;
        }
        const auto end = !empty_line && received_ == "\r" ? std::monostate{} : find_head_end(received_);
        if (const auto* size = std::get_if<std::size_t>(&end); size != nullptr && *size > limits_.head_bytes)
            co_return too_large();
        if (!std::holds_alternative<std::monostate>(end))
            co_return end;
        if (received_.size() > limits_.head_bytes)
            co_return too_large();
        if (!co_await receive_some())
            co_return std::monostate{};
        if (idle_) {
            idle_ = false;
            deadline_ = Clock::now() + limits_.receive;
        }
    }
}

Refusal Connection::too_large() const {
    const bool request_line =
        std::string_view(received_).substr(0, limits_.head_bytes).find('\n') == std::string_view::npos;
    return request_line ? Refusal{414, "the target is too long"} : Refusal{431, "the head is too large"};
}

asio::awaitable<std::optional<Refusal>> Connection::receive_body(const Head& head, std::string& body) {
    if (head.content_length > limits_.body_bytes)
        co_return body_too_large;
    if (head.version_1_1 && iequals(head.header("Expect"), "100-continue")) {
        const auto deadline = deadline_; // of the whole request
        const error_code failure = co_await write("HTTP/1.1 100 Continue\r\n\r\n", {});
        if (failure)
            co_return Refusal{400, "the body is incomplete"};
        deadline_ = deadline;
    }
    RequestBodyParser parser(limits_.head_bytes, limits_.body_bytes);
    for (std::size_t total = received_.size();;) {
        if (const auto refusal = parser.put(received_))
            co_return refusal;
        if (parser.is_done())
            break;
        const std::size_t before = received_.size();
        if (!co_await receive_some())
            co_return Refusal{400, "the body is incomplete"};
        total += received_.size() - before;
        // Chunk extensions do not count as body for the parser, but they must end, too.
        if (total > limits_.head_bytes + 8 * limits_.body_bytes)
            co_return body_too_large;
    }
    body = parser.release();
    co_return std::nullopt;
}

asio::awaitable<bool> Connection::receive_some() {
    std::array<char, head_read_size> chunk; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the read
    const Received received = co_await stream_.read_some(asio::buffer(chunk));
    received_.append(chunk.data(), received.size);
    co_return received.size > 0;
}

asio::awaitable<bool> Connection::send(const ServerResponse& response, Framing framing) {
    const std::string head = response_head(response, framing);
    const std::string_view body = response.body && !framing.head_only ? *response.body : std::string_view{};
    const error_code failure = co_await write(head, body);
    if (failure || framing.keep_alive)
        co_return !failure;
    co_await linger();
    co_return false;
}

asio::awaitable<error_code> Connection::send_usual(const PreparedResponse& prepared) {
    return write(prepared.usual_head(), *prepared.response().body);
}

asio::awaitable<bool> Connection::refuse(Refusal refusal) {
    const ServerResponse response = text_response(refusal.status, refusal.why);
    const Framing framing;
    co_return co_await send(response, framing);
}

asio::awaitable<error_code> Connection::write(std::string_view head, std::string_view body) {
    deadline_ = Clock::now() + limits_.send;
    return stream_.write(head, body);
}

/// Closing with unread bytes would reset the connection, and the client might never see the answer.
asio::awaitable<void> Connection::linger() {
    constexpr auto linger_time = std::chrono::seconds(1);
    constexpr int max_reads = 64;
    stream_.shut_down();
    deadline_ = Clock::now() + linger_time;
    bool more = true;
    for (int i = 0; i < max_reads && more; ++i) {
        received_.clear();
        more = co_await receive_some();
    }
}

void Connection::close() {
    idle_ = false;
    stream_.close();
}

} // namespace health::http
