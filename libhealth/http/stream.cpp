#include <http/stream.hpp>

#include <http/awaitable.hpp>

#include <boost/asio/write.hpp>

#include <algorithm>
#include <array>
#include <limits>

namespace health::http {

namespace asio = boost::asio;
using boost::asio::ip::tcp;
using boost::system::error_code;

void Stream::set_options() {
    error_code ignored;
    socket_.set_option(tcp::no_delay(true), ignored);
    socket_.non_blocking(true, ignored);
}

TlsStream& Stream::start_tls(ssl_ctx_st* context) {
    tls_ = std::make_unique<TlsStream>(socket_, context);
    return *tls_;
}

void Stream::end_tls() {
    if (tls_)
        tls_->send_close_notify();
    tls_.reset();
}

asio::awaitable<Received> Stream::read_some(asio::mutable_buffer into) {
    if (tls_)
        co_return co_await tls_->read_some(into);
    const auto [failure, size] = co_await socket_.async_read_some(into, use_tuple);
    co_return Received{.failure = failure, .size = failure ? 0 : size};
}

asio::awaitable<error_code> Stream::write(std::string_view head, std::string_view body) {
    return tls_ ? tls_->write(head, body) : write_clear_text(head, body);
}

asio::awaitable<error_code> Stream::write_clear_text(std::string_view head, std::string_view body) {
    std::array buffers{asio::buffer(head), asio::buffer(body)};
    // Nearly every message fits into the socket's buffer, so there is no need to wait.
    error_code failure;
    std::size_t size = socket_.write_some(buffers, failure);
    if (failure && failure != asio::error::would_block)
        co_return failure;
    if (size == head.size() + body.size())
        co_return error_code();
    for (auto& buffer : buffers) {
        const std::size_t sent = std::min(size, buffer.size());
        buffer += sent;
        size -= sent;
    }
    // asio::transfer_all() would send 64 KiB at a time.
    constexpr auto all_at_once = [](const error_code& broken, std::size_t) {
        return broken ? std::size_t{0} : std::numeric_limits<std::size_t>::max();
    };
    const auto [broken, rest] = co_await asio::async_write(socket_, buffers, all_at_once, use_tuple);
    co_return broken;
}

void Stream::shut_down() {
    end_tls();
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void Stream::close() {
    if (tls_)
        tls_->send_close_notify();
    error_code ignored;
    socket_.close(ignored);
}

} // namespace health::http
