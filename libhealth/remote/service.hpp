#pragma once

#include <base/time.hpp>
#include <http/client.hpp>
#include <remote/retry.hpp>
#include <remote/settings.hpp>

#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace health::remote {

struct Answer {
    http::Response response;
    std::string from;                               ///< the URL of the node, without credentials: for messages
    std::optional<Timestamp> certificate_expires{}; ///< none without TLS
    std::string credentials_source{};               ///< what those of the request were given by; empty without any
};

/// "status 404", or "status 302, to https://login.example/": a redirect is not followed, and where it leads explains
/// it.
std::string describe_status(const http::Response& response);

/// A service behind one or more nodes: credentials, retries and failover are dealt with here, once.
class Service {
public:
    static Result<std::unique_ptr<Service>> make(const RemoteSettings& settings);

    /// Says of an answer to many requests in one that they are worth another try: their statuses stand in its body.
    using BusyParts = bool (*)(const http::Response&);

    /// The answer with whatever status it has after the retries.
    Result<Answer> call(http::Request request, const Deadline& deadline, BusyParts busy_parts = nullptr);

    /// Of the first node: what failures are told of before a node was chosen.
    [[nodiscard]] std::string shown() const { return clients_.front()->origin().shown(); }

private:
    Service(const RemoteSettings& settings, std::vector<std::unique_ptr<http::Client>> clients);

    Result<Answer> call_with(http::Request request, const std::string& authorization, const Deadline& deadline,
                             BusyParts busy_parts);
    bool reread_credentials();

    std::string authorization_;
    std::string credentials_source_;
    std::function<Result<Credentials>()> reread_;
    int retries_;
    std::vector<std::unique_ptr<http::Client>> clients_;
    Nodes nodes_;
    std::minstd_rand random_;
};

} // namespace health::remote
