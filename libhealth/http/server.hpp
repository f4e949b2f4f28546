#pragma once

#include <base/error.hpp>
#include <http/head.hpp>
#include <http/message.hpp>
#include <http/prepared.hpp>
#include <http/tls_server.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace health::http {

struct ServerRequest {
    const Head& head;
    std::string_view body;
};

struct Deferred;
using Outcome = std::variant<ServerResponse, std::shared_ptr<const Prepared>, Deferred>;
/// Takes a function that makes the response; it is run on the server's thread, so that routes need no locks.
using Reply = std::function<void(std::function<Outcome()>)>;

/// For an answer that comes later: called with a reply that may be called once, on any thread.
struct Deferred {
    std::function<void(Reply)> begin;
    std::optional<std::chrono::milliseconds> patience{}; ///< how long to wait before `otherwise` is the answer
    std::function<Outcome()> otherwise{};
};

/// A route is a function from a request to its response. The request lives until it is answered.
using Handler = std::function<Outcome(const ServerRequest&)>;

/// Asked for every new connection; null is clear text.
using TlsSource = std::function<TlsServerContext()>;

struct Limits {
    std::size_t head_bytes = 8192;
    std::size_t body_bytes = 1024;
    std::size_t connections = 4096;
    std::size_t waiting = 256; ///< requests whose answers come later: those who ask may have left
    std::chrono::milliseconds receive = std::chrono::seconds(10); ///< a whole request, or a TLS handshake
    std::chrono::milliseconds send = std::chrono::seconds(30);
    std::chrono::milliseconds idle = std::chrono::seconds(120);
    std::chrono::milliseconds drain =
        std::chrono::seconds(4); ///< for what is under way when the server is told to stop
};

/// HTTP/1.1 on one thread.
class Server {
public:
    Server(Handler handler, Limits limits, TlsSource tls = {});
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    /// `host:port`; an empty host is all interfaces, port 0 a free one. Gives the address it listens on.
    Result<std::string> listen(const std::string& address);

    /// Serves until SIGINT or SIGTERM; `stopping` is then called once, and what is under way is finished.
    /// A second signal ends the process at once, also while `stopping` runs. On SIGHUP `reloading` is called.
    void run(const std::function<void()>& stopping, const std::function<void()>& reloading);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace health::http
