#include <exporter/probe.hpp>

#include <base/printable.hpp>
#include <base/text.hpp>
#include <exposition/text_format.hpp>
#include <http/client.hpp>

#include <fmt/format.h>

#include <optional>

namespace health {

namespace exporter {

namespace {

Finding finding(Severity severity, std::string message, Hint hint = {}) {
    return {.check = "serve", .severity = severity, .message = std::move(message), .hint = std::move(hint)};
}

/// No secret goes there, and its certificate is for the names by which others call it.
Result<http::Response> get(const Url& url, std::string path, const Deadline& deadline) {
    TlsSettings tls;
    tls.insecure = true;
    const auto client = http::Client::make(url, tls);
    if (!client)
        return client.error();
    return (*client)->exchange({.method = "GET", .target = std::move(path), .headers = {}, .body = {}}, deadline,
                               deadline.remaining());
}

/// To HTTP, serve says 400 where it speaks TLS; other servers hang up.
bool may_want_tls(const Result<http::Response>& answer) {
    constexpr int bad_request = 400;
    return answer ? answer->status == bad_request : answer.error().kind != ErrorKind::timeout;
}

} // namespace

Result<Url> probed_url(const std::string& listen) {
    const auto colon = listen.rfind(':');
    const std::string host = listen.substr(0, colon);
    std::string asked = host;
    if (host.empty() || host == "0.0.0.0")
        asked = "127.0.0.1";
    else if (host == "[::]")
        asked = "[::1]";
    return parse_url(fmt::format("http://{}{}", asked, colon == std::string::npos ? "" : listen.substr(colon)));
}

Finding judge_exporter(const std::string& url, const http::Response& ready, const http::Response& metrics,
                       const Backfill& backfill) {
    constexpr int not_ready = 503;
    constexpr int unauthorized = 401;
    const bool ours = metrics.status == unauthorized
                          ? ready.body == "ready\n" || ready.status == not_ready
                          : metrics.status == 200 && metrics.body.find("\nbackfill_health_up ") != std::string::npos;
    if (!ours)
        return finding(Severity::problem,
                       fmt::format("what answers at {} is not serve: /metrics has status {}", url, metrics.status),
                       Remedy::free_listen_address);
    if (ready.status != 200)
        return finding(
            Severity::problem, fmt::format("{} is not ready: {}", url, printable(trim(ready.body), 200)),
            fmt::format("it measures again by itself, and at once with curl -X POST {}/metrics/refresh", url));
    if (metrics.status == unauthorized)
        return finding(Severity::ok, fmt::format("{} is ready; its numbers are shown to its users only", url));
    const std::string info =
        fmt::format("backfill_health_index_info{{index=\"{}\"}}", exposition::escaped_label(backfill.index));
    if (metrics.body.find(info) == std::string::npos)
        return finding(
            Severity::warning,
            fmt::format("{} is ready, and measures another index than {}", url, printable(backfill.index, 80)),
            Remedy::restart_exporter);
    return finding(Severity::ok, fmt::format("{} is ready, and measures {}", url, printable(backfill.index, 80)));
}

} // namespace exporter

Finding probe_exporter(const std::string& listen, const Backfill& backfill, bool expected, const Deadline& deadline) {
    using exporter::finding;
    auto url = exporter::probed_url(listen);
    if (!url)
        return finding(Severity::problem, fmt::format("\"{}\" is no address to listen on", printable(listen, 80)),
                       "write it like 127.0.0.1:8003");
    auto ready = exporter::get(*url, "/readyz", deadline);
    if (exporter::may_want_tls(ready)) {
        Url with_tls = *url;
        with_tls.tls = true;
        if (auto answer = exporter::get(with_tls, "/readyz", deadline)) {
            ready = std::move(answer);
            url = with_tls;
        }
    }
    if (!ready && ready.error().kind != ErrorKind::unreachable)
        return finding(Severity::problem, ready.error().message, "is it serve that listens there?");
    if (!ready)
        return finding(expected ? Severity::problem : Severity::warning,
                       fmt::format("nothing answers at {}", url->shown()), Remedy::start_exporter);
    const auto metrics = exporter::get(*url, "/metrics", deadline);
    if (!metrics)
        return finding(Severity::problem, metrics.error().message, "look into the log of serve");
    return exporter::judge_exporter(url->shown(), *ready, *metrics, backfill);
}

} // namespace health
