#pragma once

#include <http/tls_stream.hpp>

#include <memory>
#include <string_view>

namespace health::http {

/// One end of a TCP connection, in clear text or with TLS.
class Stream {
public:
    using Socket = boost::asio::ip::tcp::socket;

    explicit Stream(Socket socket) : socket_(std::move(socket)) {}

    [[nodiscard]] Socket& socket() { return socket_; }

    /// To be called once the socket is connected.
    void set_options();
    /// From here on reads and writes use TLS; the handshake must follow.
    TlsStream& start_tls(ssl_ctx_st* context);
    /// Reads and writes are in clear text again.
    void end_tls();

    boost::asio::awaitable<Received> read_some(boost::asio::mutable_buffer into);
    boost::asio::awaitable<boost::system::error_code> write(std::string_view head, std::string_view body);

    /// Half-closes the connection: nothing more is written, but reading is still possible.
    void shut_down();
    void close();

private:
    boost::asio::awaitable<boost::system::error_code> write_clear_text(std::string_view head, std::string_view body);

    Socket socket_;
    std::unique_ptr<TlsStream> tls_; ///< null in clear text
};

} // namespace health::http
