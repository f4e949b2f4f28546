#include <kibana/kibana.hpp>

#include <base/encoding.hpp>
#include <base/unique_id.hpp>
#include <base/waiting.hpp>
#include <kibana/answer.hpp>
#include <remote/service.hpp>

#include <fmt/format.h>

namespace health {

namespace {

using namespace std::chrono_literals;
using Errors = std::vector<Error>;

constexpr auto between_looks = 500ms;
constexpr int unavailable = 503;

std::string_view query(ImportMode mode) {
    switch (mode) {
    case ImportMode::overwrite:
        return "?overwrite=true";
    case ImportMode::new_copies:
        return "?createNewCopies=true";
    case ImportMode::keep:
    case ImportMode::complete:
        break;
    }
    return "";
}

/// RFC 7578.
http::Request import_request(const std::string& space_path, const std::string& ndjson, ImportMode mode) {
    const std::string boundary = "backfill-health-" + make_unique_id();
    return {.method = "POST",
            .target = fmt::format("{}/api/saved_objects/_import{}", space_path, query(mode)),
            .headers = {{"kbn-xsrf", "true"}, {"Content-Type", "multipart/form-data; boundary=" + boundary}},
            .body =
                fmt::format("--{0}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"dashboard.ndjson\"\r\n"
                            "Content-Type: application/ndjson\r\n\r\n{1}\r\n--{0}--\r\n",
                            boundary, ndjson)};
}

http::Request status_request() {
    return {.method = "GET", .target = "/api/status", .headers = {}, .body = {}};
}

} // namespace

Kibana::Kibana(std::unique_ptr<remote::Service> service, std::unique_ptr<remote::Service> once, std::string space_path)
    : service_(std::move(service)), once_(std::move(once)), space_path_(std::move(space_path)) {}
Kibana::Kibana(Kibana&&) noexcept = default;
Kibana& Kibana::operator=(Kibana&&) noexcept = default;
Kibana::~Kibana() = default;

Result<Kibana> Kibana::make(const RemoteSettings& settings, const std::string& space) {
    auto service = remote::Service::make(settings);
    if (!service)
        return service.error();
    RemoteSettings without_retries = settings;
    without_retries.retries = 0;
    auto once = remote::Service::make(without_retries);
    if (!once)
        return once.error();
    const bool default_space = space.empty() || space == "default";
    return Kibana(*std::move(service), *std::move(once), default_space ? "" : "/s/" + percent_encode(space));
}

std::string Kibana::shown() const {
    return service_->shown();
}

Result<void> Kibana::wait_until_ready(const Deadline& deadline) {
    for (;;) {
        const auto answer = once_->call(status_request(), deadline);
        const bool not_there = !answer && answer.error().kind == ErrorKind::unreachable;
        const bool starting = answer && answer->response.status == unavailable;
        if (!not_there && !starting)
            return answer ? Result<void>{} : with_context(kibana::action, answer.error());
        if (deadline.remaining() <= between_looks)
            return not_there ? with_context(kibana::action, answer.error()) : kibana::refusal(*answer);
        wait_for(deadline.stop, between_looks);
    }
}

Result<std::string> Kibana::version(const Deadline& deadline) {
    const auto answer = service_->call(status_request(), deadline);
    if (!answer)
        return with_context(kibana::action, answer.error());
    return kibana::read_version(*answer);
}

Finding Kibana::examine(bool expected, const Deadline& deadline) {
    const auto answer = once_->call(status_request(), deadline);
    if (answer)
        return kibana::judge(*answer);
    const bool absent = answer.error().kind == ErrorKind::unreachable;
    return {.check = "kibana",
            .severity = expected || !absent ? Severity::problem : Severity::warning,
            .message = answer.error().message,
            .hint = expected ? answer.error().hint : Hint(Remedy::name_kibana)};
}

boost::system::result<Imported, Errors> Kibana::import(const SavedObjects& objects, ImportMode mode,
                                                       const Deadline& deadline) {
    // When the first answer was lost, these two may be sent again.
    const bool repeatable = mode == ImportMode::overwrite || mode == ImportMode::complete;
    remote::Service& service = repeatable ? *service_ : *once_;
    const auto answer = service.call(import_request(space_path_, objects.ndjson, mode), deadline);
    if (!answer)
        return Errors{with_context(kibana::action, answer.error())};
    const auto report = kibana::read_answer(*answer, mode == ImportMode::complete);
    if (!report)
        return report.error();
    Imported out{.count = report->count, .existed = report->existed, .dashboard_url = {}};
    if (!objects.dashboard_id.empty()) {
        const auto renamed = report->new_ids.find(objects.dashboard_id);
        const std::string& id = renamed == report->new_ids.end() ? objects.dashboard_id : renamed->second;
        out.dashboard_url = fmt::format("{}{}/app/dashboards#/view/{}", answer->from, space_path_, percent_encode(id));
    }
    return out;
}

} // namespace health
