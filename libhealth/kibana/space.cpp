#include <kibana/space.hpp>

#include <base/encoding.hpp>
#include <kibana/requests.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

namespace health::kibana {

namespace {

http::Request get_request(std::string target) {
    return {.method = "GET", .target = std::move(target), .headers = {}, .body = {}};
}

constexpr std::string_view status_target = "/api/status";

} // namespace

Space::Space(std::unique_ptr<remote::Service> service, std::unique_ptr<remote::Service> once, std::string id)
    : service_(std::move(service)), once_(std::move(once)), id_(std::move(id)),
      path_(id_.empty() ? "" : "/s/" + percent_encode(id_)) {}

Result<Space> Space::make(const RemoteSettings& settings, const std::string& id) {
    auto service = remote::Service::make(settings);
    if (!service)
        return service.error();
    RemoteSettings without_retries = settings;
    without_retries.retries = 0;
    auto once = remote::Service::make(without_retries);
    if (!once)
        return once.error();
    return Space(*std::move(service), *std::move(once), id == "default" ? "" : id);
}

std::string Space::dashboard_url(const std::string& from, const std::string& dashboard_id) const {
    return fmt::format("{}{}/app/dashboards#/view/{}", from, path_, percent_encode(dashboard_id));
}

Result<remote::Answer> Space::status_once(const Deadline& deadline) {
    return once_->call(get_request(std::string(status_target)), deadline);
}

Result<std::string> Space::version(const Deadline& deadline) {
    const auto answer = get(std::string(status_target), deadline);
    return answer ? read_version(*answer) : answer.error();
}

Result<remote::Answer> Space::ask(const Deadline& deadline) {
    return service_->call(get_request("/api/spaces/space/" + percent_encode(id_)), deadline);
}

Result<void> Space::check(const Deadline& deadline) {
    if (id_.empty())
        return {};
    const auto answer = ask(deadline);
    return answer ? read_space(*answer, id_) : with_context(action, answer.error());
}

Result<StoredObject> Space::object(const std::string& type, const std::string& id, const Deadline& deadline) {
    const auto answer = get(object_target(path_, type, id), deadline);
    return answer ? read_object(*answer, type, id) : answer.error();
}

Result<std::vector<StoredObject>> Space::objects(const std::set<std::string>& types, const Deadline& deadline) {
    std::vector<StoredObject> out;
    for (std::size_t page = 1;; ++page) {
        const auto answer = get(find_target(path_, types, page), deadline);
        if (!answer)
            return answer.error();
        auto found = read_page(*answer);
        if (!found)
            return found.error();
        const bool last = found->objects.empty();
        std::ranges::move(found->objects, std::back_inserter(out));
        if (last || out.size() >= found->total)
            return out;
    }
}

Result<Space::ImportAnswer> Space::import(const std::string& ndjson, ImportMode mode, const Deadline& deadline) {
    return send(import_request(path_, ndjson, mode), mode, deadline);
}

Result<Space::ImportAnswer> Space::resolve(const std::string& ndjson, ImportMode mode, const Report& first,
                                           const Deadline& deadline) {
    const std::span<const ImportOutcome> there = first.conflicts;
    const bool overwrite = mode == ImportMode::overwrite;
    return send(resolve_request(path_, ndjson, first.accepted, overwrite ? there : std::span<const ImportOutcome>{},
                                overwrite ? std::span<const ImportOutcome>{} : there),
                mode, deadline);
}

Result<remote::Answer> Space::get(std::string target, const Deadline& deadline) {
    auto answer = service_->call(get_request(std::move(target)), deadline);
    return answer ? answer : with_context(action, answer.error());
}

Result<Space::ImportAnswer> Space::send(http::Request request, ImportMode mode, const Deadline& deadline) {
    // Only these two may be sent again when the first answer was lost.
    const bool repeatable = mode == ImportMode::overwrite || mode == ImportMode::complete;
    remote::Service& service = repeatable ? *service_ : *once_;
    const auto answer = service.call(std::move(request), deadline);
    if (!answer)
        return with_context(action, answer.error());
    auto report = read_report(*answer);
    if (!report)
        return report.error();
    return ImportAnswer{.report = *std::move(report), .from = answer->from};
}

} // namespace health::kibana
