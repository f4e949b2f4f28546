#include <exporter/probe.hpp>

#include <base/printable.hpp>
#include <base/text.hpp>
#include <exporter/endpoints.hpp>
#include <exporter/remedy.hpp>
#include <exposition/metrics.hpp>
#include <exposition/text_format.hpp>
#include <http/client.hpp>
#include <http/listen_address.hpp>

#include <fmt/format.h>

#include <optional>

namespace health {

namespace exporter {

namespace {

Finding finding(const ExpectedExporter& expected, Severity severity, std::string message, Hint hint = {}) {
    return {.check = expected.name, .severity = severity, .message = std::move(message), .hint = std::move(hint)};
}

/// The index of one backfill, or how many there are.
std::string describe(const std::vector<Backfill>& backfills) {
    return backfills.size() == 1 ? printable(backfills.front().index, 80)
                                 : fmt::format("{} backfills", backfills.size());
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

/// The exporter answers 400 to plain HTTP where it speaks TLS; other servers hang up.
bool may_want_tls(const Result<http::Response>& answer) {
    constexpr int bad_request = 400;
    return answer ? answer->status == bad_request : answer.error().kind != ErrorKind::timeout;
}

/// Whether it measures in the expected store. `what` is the index, if it is visible.
Finding judge_store(const std::string& url, const std::string& what, const std::string& actual,
                    const ExpectedExporter& expected) {
    if (actual.empty() || expected.store_identity.empty())
        return not_checked(
            expected.name,
            fmt::format("{} is ready, but may measure {}another cluster: {}", url, what,
                        actual.empty() ? "it does not say which" : "the UUID of the expected one is not known"),
            "grant the cluster privilege monitor, which shows the UUID");
    if (actual != expected.store_identity)
        return finding(expected, expected.is_named ? Severity::problem : Severity::warning,
                       fmt::format("{} is ready, and measures {}{} instead of {}", url, what, printable(actual, 80),
                                   expected.store_identity),
                       Remedy::restart_exporter_on_store);
    return finding(expected, Severity::ok,
                   what.empty() ? fmt::format("{} is ready; only its users can see its numbers", url)
                                : fmt::format("{} is ready, and measures {}", url, describe(expected.backfills)));
}

/// Whether all of the expected backfills are in its metrics.
std::optional<Finding> check_measured(const std::string& url, const std::string& metrics,
                                      const ExpectedExporter& expected) {
    const auto shows = [&](std::string_view metric, std::string_view label, const std::string& value) {
        const exposition::Label sought{.name = std::string(label), .value = value};
        return exposition::find_value(metrics, metric, {&sought, 1}).has_value();
    };
    for (const auto& backfill : expected.backfills) {
        if (!shows(exposition::backfill_up_metric, exposition::backfill_label, backfill.name))
            return finding(expected, Severity::warning,
                           fmt::format("{} is ready, but does not measure {}", url, printable(backfill.name, 80)),
                           Remedy::restart_exporter_with_backfill);
        if (!shows(exposition::index_info_metric, exposition::index_label, backfill.index))
            return finding(
                expected, Severity::warning,
                fmt::format("{} is ready, and measures an index other than {}", url, printable(backfill.index, 80)),
                Remedy::restart_exporter);
    }
    return std::nullopt;
}

} // namespace

Result<Url> probed_url(const std::string& listen) {
    const auto address = http::parse_listen_address(listen);
    if (!address)
        return address.error();
    const auto& [host, port] = *address;
    const std::string asked = host.empty() || host == "0.0.0.0" ? "127.0.0.1" : host == "::" ? "::1" : host;
    Url out;
    out.host = asked;
    out.port = port;
    return out;
}

Finding check_exporter(const std::string& url, const http::Response& ready, const http::Response& metrics,
                       const ExpectedExporter& expected) {
    constexpr int not_ready = 503;
    constexpr int unauthorized = 401;
    const bool for_users = metrics.status == unauthorized;
    const bool ours = for_users ? ready.body == fmt::format("{}\n", endpoint::ready) || ready.status == not_ready
                                : metrics.status == 200 && exposition::find_value(metrics.body, exposition::up_metric);
    if (!ours)
        return finding(expected, Severity::problem,
                       fmt::format("the server at {} is not {}: {} has status {}", url, expected.name,
                                   endpoint::metrics, metrics.status),
                       Remedy::free_listen_address);
    if (ready.status != 200)
        return finding(expected, Severity::problem,
                       fmt::format("{} is not ready: {}", url, printable(trim(ready.body), 200)),
                       {Remedy::measure_now, url + std::string(endpoint::refresh)});
    if (!for_users)
        if (auto wrong = check_measured(url, metrics.body, expected))
            return *std::move(wrong);
    return judge_store(url, for_users ? std::string() : describe(expected.backfills) + " in ",
                       std::string(ready.header(endpoint::store_header)), expected);
}

} // namespace exporter

Finding probe_exporter(const std::string& listen, const ExpectedExporter& expected, const Deadline& deadline) {
    using exporter::finding;
    namespace endpoint = exporter::endpoint;
    const std::string ready_target = fmt::format("{}?{}", endpoint::readyz, endpoint::store_query);
    auto url = exporter::probed_url(listen);
    if (!url)
        return finding(expected, Severity::problem, url.error().message, url.error().hint);
    auto ready = exporter::get(*url, ready_target, deadline);
    if (exporter::may_want_tls(ready)) {
        Url with_tls = *url;
        with_tls.tls = true;
        if (auto answer = exporter::get(with_tls, ready_target, deadline)) {
            ready = std::move(answer);
            url = with_tls;
        }
    }
    if (!ready && ready.error().kind != ErrorKind::unreachable)
        return finding(expected, Severity::problem, ready.error().message, exporter::Remedy::check_listening);
    if (!ready)
        return finding(expected, expected.is_named ? Severity::problem : Severity::warning,
                       fmt::format("nothing answers at {}", url->shown()), exporter::Remedy::start_exporter);
    const auto metrics = exporter::get(*url, std::string(endpoint::metrics), deadline);
    if (!metrics)
        return finding(expected, Severity::problem, metrics.error().message, exporter::Remedy::read_exporter_log);
    return exporter::check_exporter(url->shown(), *ready, *metrics, expected);
}

} // namespace health
