#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string_view>

struct ssl_st;
struct ssl_ctx_st;

namespace health::http {

/// What was read: nothing on failure, and at the end, where the failure is asio::error::eof.
struct Received {
    boost::system::error_code failure;
    std::size_t size = 0;
};

/// TLS on a socket, at either end. OpenSSL reads and writes the socket itself: asio::ssl::stream would keep 70 KB of
/// buffers for a connection, also while it is idle, and would be compiled with everything that uses it. OpenSSL knows
/// nothing of MSG_NOSIGNAL, so SIGPIPE has to be ignored.
class TlsStream {
public:
    using Socket = boost::asio::ip::tcp::socket;

    TlsStream(Socket& socket, ssl_ctx_st* context);

    /// The server's handshake.
    boost::asio::awaitable<boost::system::error_code> accept();
    /// The client's.
    boost::asio::awaitable<boost::system::error_code> connect();

    boost::asio::awaitable<Received> read_some(boost::asio::mutable_buffer into);
    boost::asio::awaitable<boost::system::error_code> write(std::string_view head, std::string_view body);
    /// Tells the peer that nothing more follows (close_notify), without waiting for its answer.
    void send_close_notify();

    [[nodiscard]] ssl_st* native_handle() const { return ssl_.get(); }

private:
    template <class Operation>
    boost::asio::awaitable<boost::system::error_code> complete(Operation operation);

    boost::asio::awaitable<boost::system::error_code> write_all(std::string_view bytes);

    Socket& socket_;
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
    bool broken_ = false;
};

/// Whether a handshake failed because the client speaks HTTP without TLS.
bool is_clear_text(const boost::system::error_code& failure);

} // namespace health::http
