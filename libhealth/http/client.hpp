#pragma once

#include <base/deadline.hpp>
#include <base/time.hpp>
#include <base/url.hpp>
#include <http/message.hpp>
#include <http/tls_settings.hpp>

#include <memory>
#include <optional>

namespace health::http {

/// One connection to one origin, kept open between requests. Blocking; a stop request in the deadline ends any wait.
class Client {
public:
    /// Fails with `usage` when the certificates cannot be read.
    static Result<std::unique_ptr<Client>> make(Url origin, const TlsSettings& settings);

    Client(const Client&) = delete;
    Client& operator=(const Client&) = delete;
    ~Client();

    /// An answer with any status is a success. Errors: unreachable, timeout, bad_response (not HTTP).
    /// When connecting takes longer than `connect_limit`, the error is unreachable, so that another node can be tried.
    Result<Response> exchange(const Request& request, const Deadline& deadline, Clock::duration connect_limit);

    [[nodiscard]] const Url& origin() const;

    /// When the server's certificate expires, as of the last handshake; none without TLS.
    [[nodiscard]] std::optional<Timestamp> certificate_expires() const;

private:
    class Impl;
    explicit Client(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

} // namespace health::http
