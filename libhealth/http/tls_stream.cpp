#include <http/tls_stream.hpp>

#include <http/awaitable.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cerrno>
#include <string>

namespace health::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::size_t record_size = 16384;

/// The error code for a failed operation, by SSL_get_error(3).
error_code failure_of(int reason) {
    const error_code truncated = asio::ssl::error::stream_truncated;
    if (reason == SSL_ERROR_ZERO_RETURN)
        return asio::error::eof;
    if (reason == SSL_ERROR_SYSCALL)
        return errno == 0 ? truncated : error_code(errno, boost::system::system_category());
    const unsigned long code = ERR_get_error();
    if (code == 0 || ERR_GET_REASON(code) == SSL_R_UNEXPECTED_EOF_WHILE_READING)
        return truncated;
    return {static_cast<int>(code), asio::error::get_ssl_category()};
}

} // namespace

bool is_clear_text(const error_code& failure) {
    return failure.category() == asio::error::get_ssl_category() &&
           ERR_GET_REASON(static_cast<unsigned long>(failure.value())) == SSL_R_HTTP_REQUEST;
}

TlsStream::TlsStream(Socket& socket, ssl_ctx_st* context) : socket_(socket), ssl_(SSL_new(context), SSL_free) {
    error_code ignored;
    socket_.native_non_blocking(true, ignored);
    SSL_set_fd(ssl_.get(), socket_.native_handle());
}

/// Repeats OpenSSL's operation until it no longer has to wait for the network.
template <class Operation>
asio::awaitable<error_code> TlsStream::complete(Operation operation) {
    // The descriptor of a socket that was closed meanwhile may already belong to another connection.
    while (socket_.is_open()) {
        ERR_clear_error();
        errno = 0;
        const int result = operation(ssl_.get());
        const int reason = SSL_get_error(ssl_.get(), result);
        if (reason == SSL_ERROR_NONE)
            co_return error_code();
        if (reason != SSL_ERROR_WANT_READ && reason != SSL_ERROR_WANT_WRITE) {
            const error_code failure = failure_of(reason);
            broken_ = failure != asio::error::eof;
            co_return failure;
        }
        const auto [failure] = co_await socket_.async_wait(
            reason == SSL_ERROR_WANT_READ ? Socket::wait_read : Socket::wait_write, use_tuple);
        if (failure)
            co_return failure;
    }
    co_return asio::error::operation_aborted;
}

asio::awaitable<error_code> TlsStream::accept() {
    co_return co_await complete(SSL_accept);
}

asio::awaitable<error_code> TlsStream::connect() {
    co_return co_await complete(SSL_connect);
}

asio::awaitable<Received> TlsStream::read_some(asio::mutable_buffer into) {
    // Available bytes are read without waiting: a client that always has some must not keep the thread for itself.
    co_await asio::post(use_tuple);
    std::size_t size = 0;
    const auto read = [into, &size](ssl_st* ssl) { return SSL_read_ex(ssl, into.data(), into.size(), &size); };
    const error_code failure = co_await complete(read);
    co_return Received{.failure = failure, .size = failure ? 0 : size};
}

asio::awaitable<error_code> TlsStream::write(std::string_view head, std::string_view body) {
    // A small message is one record, and one packet.
    std::string first(head);
    const std::size_t together = std::min(body.size(), record_size - std::min(record_size, head.size()));
    first += body.substr(0, together);
    const error_code failure = co_await write_all(first);
    if (failure)
        co_return failure;
    co_return co_await write_all(body.substr(together));
}

asio::awaitable<error_code> TlsStream::write_all(std::string_view bytes) {
    if (bytes.empty())
        co_return error_code();
    std::size_t size = 0;
    const auto write_them = [bytes, &size](ssl_st* ssl) {
        return SSL_write_ex(ssl, bytes.data(), bytes.size(), &size);
    };
    co_return co_await complete(write_them);
}

void TlsStream::send_close_notify() {
    if (broken_ || !socket_.is_open() || SSL_is_init_finished(ssl_.get()) == 0)
        return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
}

} // namespace health::http
