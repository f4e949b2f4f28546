#include <http/tls_stream.hpp>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <string>

namespace health::http {

namespace asio = boost::asio;

namespace {

constexpr auto use_tuple = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t record_size = 16384;

} // namespace

TlsStream::TlsStream(Socket& socket, const TlsServerContext& context)
    : socket_(socket), ssl_(SSL_new(context.get()), SSL_free) {
    boost::system::error_code ignored;
    socket_.native_non_blocking(true, ignored);
    SSL_set_fd(ssl_.get(), socket_.native_handle());
}

/// The result of OpenSSL's operation once it does not wait for the network; 0 or less after an error.
template <class Operation>
asio::awaitable<int> TlsStream::complete(Operation operation) {
    // A socket that was closed meanwhile has a number that may already be another connection's.
    while (socket_.is_open()) {
        ERR_clear_error();
        const int result = operation(ssl_.get());
        auto wait = Socket::wait_read;
        switch (SSL_get_error(ssl_.get(), result)) {
        case SSL_ERROR_NONE:
            co_return result;
        case SSL_ERROR_WANT_READ:
            break;
        case SSL_ERROR_WANT_WRITE:
            wait = Socket::wait_write;
            break;
        case SSL_ERROR_ZERO_RETURN:
            co_return 0;
        default:
            broken_ = true;
            co_return 0;
        }
        const auto [failure] = co_await socket_.async_wait(wait, use_tuple);
        if (failure)
            co_return 0;
    }
    co_return 0;
}

asio::awaitable<TlsStream::Handshake> TlsStream::handshake() {
    const auto accept = [](ssl_st* ssl) { return SSL_accept(ssl); };
    const int accepted = co_await complete(accept);
    if (accepted > 0)
        co_return Handshake::done;
    co_return ERR_GET_REASON(ERR_peek_error()) == SSL_R_HTTP_REQUEST ? Handshake::clear_text : Handshake::failed;
}

asio::awaitable<std::size_t> TlsStream::read_some(asio::mutable_buffer into) {
    // What is there is read at once: whoever always has something there would keep the thread for himself.
    co_await asio::post(use_tuple);
    std::size_t size = 0;
    const auto read = [into, &size](ssl_st* ssl) { return SSL_read_ex(ssl, into.data(), into.size(), &size); };
    const int done = co_await complete(read);
    co_return done > 0 ? size : 0;
}

asio::awaitable<bool> TlsStream::write(std::string_view head, std::string_view body) {
    // A small answer is one record, and one packet.
    std::string first(head);
    const std::size_t together = std::min(body.size(), record_size - std::min(record_size, head.size()));
    first += body.substr(0, together);
    const bool begun = co_await write_all(first);
    if (!begun)
        co_return false;
    co_return co_await write_all(body.substr(together));
}

asio::awaitable<bool> TlsStream::write_all(std::string_view bytes) {
    if (bytes.empty())
        co_return true;
    std::size_t size = 0;
    const auto write_them = [bytes, &size](ssl_st* ssl) {
        return SSL_write_ex(ssl, bytes.data(), bytes.size(), &size);
    };
    const int done = co_await complete(write_them);
    co_return done > 0;
}

void TlsStream::say_goodbye() {
    if (broken_ || !socket_.is_open() || SSL_is_init_finished(ssl_.get()) == 0)
        return;
    ERR_clear_error();
    SSL_shutdown(ssl_.get());
}

} // namespace health::http
