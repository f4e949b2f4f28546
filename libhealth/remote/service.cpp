#include <remote/service.hpp>

#include <base/log.hpp>
#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <base/waiting.hpp>
#include <remote/status.hpp>

#include <fmt/format.h>

namespace health::remote {

namespace {

bool is_retryable(const http::Response& response) {
    return is_busy(response) && !exceeds_bucket_limit(response);
}

/// RFC 9110, section 10.2.3; only in seconds, as engines and proxies send no dates.
std::optional<Clock::duration> retry_after(const http::Response& response) {
    const auto seconds = parse_number<std::uint32_t>(response.header("Retry-After"));
    return seconds ? std::optional<Clock::duration>(std::chrono::seconds(*seconds)) : std::nullopt;
}

} // namespace

Result<std::unique_ptr<Service>> Service::make(const RemoteSettings& settings) {
    std::vector<std::unique_ptr<http::Client>> clients;
    for (const Url& node : settings.nodes) {
        auto client = http::Client::make(node, settings.tls);
        if (!client)
            return client.error();
        clients.push_back(*std::move(client));
    }
    return std::unique_ptr<Service>(new Service(settings, std::move(clients)));
}

Service::Service(const RemoteSettings& settings, std::vector<std::unique_ptr<http::Client>> clients)
    : authorization_(settings.credentials.authorization()), credentials_source_(settings.credentials.source),
      reread_(settings.reread_credentials), retries_(settings.retries), clients_(std::move(clients)),
      nodes_(clients_.size()), random_(std::random_device{}()) {}

Result<Answer> Service::call(http::Request request, const Deadline& deadline, BusyParts busy_parts) {
    auto answer = call_with(request, authorization_, deadline, busy_parts);
    constexpr int unauthorized = 401;
    if (answer && answer->response.status == unauthorized && reread_credentials())
        return call_with(std::move(request), authorization_, deadline, busy_parts);
    return answer;
}

bool Service::reread_credentials() {
    if (!reread_)
        return false;
    const auto credentials = reread_();
    if (!credentials || credentials->authorization() == authorization_)
        return false;
    authorization_ = credentials->authorization();
    credentials_source_ = credentials->source;
    return true;
}

namespace {

void log_exchange(const Url& origin, const http::Request& request, const Result<http::Response>& response,
                  Clock::duration time) {
    log::write(log::Level::debug, "asked",
               {{"url", origin.shown()},
                {"request", fmt::format("{} {}", request.method, request.target)},
                {"answer", response ? fmt::to_string(response->status) : response.error().message},
                {"ms", fmt::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(time).count())}});
}

} // namespace

Result<Answer> Service::call_with(http::Request request, const std::string& authorization, const Deadline& deadline,
                                  BusyParts busy_parts) {
    if (!authorization.empty())
        request.headers.push_back({"Authorization", authorization});
    Attempts attempts(nodes_, retries_, deadline.at, [this] { return std::generate_canonical<double, 16>(random_); });
    std::size_t node = attempts.first(Clock::now());
    for (;;) {
        http::Client& client = *clients_[node];
        const auto share = deadline.remaining() / static_cast<int>(attempts.nodes_left());
        const auto begun = Clock::now();
        auto response = client.exchange(request, deadline, share);
        log_exchange(client.origin(), request, response, Clock::now() - begun);
        std::optional<Attempts::Next> next;
        std::string why;
        if (response) {
            why = describe_status(*response);
            if (is_retryable(*response) || (busy_parts != nullptr && busy_parts(*response)))
                next = attempts.after_busy(node, retry_after(*response), Clock::now());
            else
                attempts.after_answer(node);
        } else {
            why = response.error().message;
            if (response.error().kind == ErrorKind::unreachable && !deadline.passed())
                next = attempts.after_no_answer(node, Clock::now());
        }
        if (!next) {
            if (!response)
                return response.error();
            return Answer{.response = *std::move(response),
                          .from = client.origin().shown(),
                          .certificate_expires = client.certificate_expires(),
                          .credentials_source = credentials_source_};
        }
        log::write(
            log::Level::debug, "retrying",
            {{"url", clients_[next->node]->origin().shown()},
             {"wait_ms", fmt::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(next->wait).count())},
             {"reason", why}});
        wait_for(deadline.stop, next->wait);
        node = next->node;
    }
}

} // namespace health::remote
