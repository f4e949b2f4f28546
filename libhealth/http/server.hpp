#pragma once

#include <base/error.hpp>
#include <http/handler.hpp>
#include <http/limits.hpp>
#include <http/tls_server.hpp>

#include <functional>
#include <memory>
#include <string>

namespace health::http {

/// Called for every new connection; null means clear text.
using TlsSource = std::function<TlsServerContext()>;

/// HTTP/1.1 on one thread.
class Server {
public:
    Server(Handler handler, Limits limits, TlsSource tls = {});
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    /// `host:port`; an empty host means all interfaces, port 0 a free port. Returns the address it listens on.
    Result<std::string> listen(const std::string& address);

    /// Serves until SIGINT or SIGTERM; `stopping` is then called once, and what is under way is finished.
    /// A second signal ends the process at once, even while `stopping` runs. On SIGHUP `reloading` is called.
    void run(const std::function<void()>& stopping, const std::function<void()>& reloading);

private:
    class Impl;
    std::unique_ptr<Impl> impl_;
};

} // namespace health::http
