#pragma once

#include <http/tls_server.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <memory>
#include <string_view>

struct ssl_st;

namespace health::http {

/// The server's end of TLS on a socket. OpenSSL reads and writes the socket itself: asio::ssl::stream would keep
/// 70 KB of buffers for a connection, also while it is idle.
class TlsStream {
public:
    using Socket = boost::asio::ip::tcp::socket;
    enum class Handshake { done, failed, clear_text };

    TlsStream(Socket& socket, const TlsServerContext& context);

    boost::asio::awaitable<Handshake> handshake();
    /// How much came; 0 at the end or after an error.
    boost::asio::awaitable<std::size_t> read_some(boost::asio::mutable_buffer into);
    /// Whether all of it was sent.
    boost::asio::awaitable<bool> write(std::string_view head, std::string_view body);
    /// Tells the other side that no more comes, and does not wait for it.
    void say_goodbye();

private:
    template <class Operation>
    boost::asio::awaitable<int> complete(Operation operation);

    boost::asio::awaitable<bool> write_all(std::string_view bytes);

    Socket& socket_;
    std::unique_ptr<ssl_st, void (*)(ssl_st*)> ssl_;
    bool broken_ = false;
};

} // namespace health::http
