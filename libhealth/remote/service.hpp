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
    std::string credentials_source{};               ///< Credentials::source of those that were sent
};

/// A service behind one or more nodes. Credentials, retries and failover are handled only here.
class Service {
public:
    static Result<std::unique_ptr<Service>> make(const RemoteSettings& settings);

    /// Whether an answer with status 200 is to be retried, because of the statuses in its body.
    using BusyParts = bool (*)(const http::Response&);

    /// The answer with whatever status it has after the retries.
    Result<Answer> call(http::Request request, const Deadline& deadline, BusyParts busy_parts = nullptr);

    /// The first node's URL, for messages about failures before a node was chosen.
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
