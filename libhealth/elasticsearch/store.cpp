#include <elasticsearch/store.hpp>

#include <base/printable.hpp>
#include <elasticsearch/answer.hpp>
#include <elasticsearch/breakdown.hpp>
#include <elasticsearch/doctor/examination.hpp>
#include <elasticsearch/history.hpp>
#include <elasticsearch/mapping.hpp>
#include <elasticsearch/query.hpp>
#include <remote/service.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace health {

namespace json = boost::json;

namespace {

using namespace elasticsearch;
using remote::Service;

http::Request json_request(std::string method, std::string target, std::string body) {
    return {.method = std::move(method),
            .target = std::move(target),
            .headers = {{"Content-Type", "application/json"}},
            .body = std::move(body)};
}

class ElasticsearchStore : public Store {
public:
    ElasticsearchStore(RemoteSettings settings, std::unique_ptr<Service> service, std::string cluster)
        : settings_(std::move(settings)), service_(std::move(service)), cluster_(std::move(cluster)) {}

    [[nodiscard]] std::string cluster() const override { return cluster_; }

    Result<std::string> identity(const Deadline& deadline) override {
        const std::string action = "cannot ask for the cluster's UUID";
        const auto answer = service_->call({.method = "GET", .target = "/", .headers = {}, .body = {}}, deadline);
        if (!answer)
            return with_context(action, answer.error());
        const auto body = json_answer(action, *answer);
        return body ? cluster_identity(*body) : Result<std::string>(body.error());
    }

    [[nodiscard]] Result<void> check_name(const std::string& expression) const override {
        const auto path = index_path(expression);
        return path ? Result<void>{} : path.error();
    }

    Result<void> reload() override {
        if (settings_.reread_credentials) {
            auto credentials = settings_.reread_credentials();
            if (!credentials)
                return credentials.error();
            settings_.credentials = *std::move(credentials);
        }
        auto service = Service::make(settings_);
        if (!service)
            return service.error();
        service_ = *std::move(service);
        return {};
    }

    Result<void> refresh(std::span<const Backfill> backfills, const Deadline& deadline) override {
        for (const Backfill& backfill : backfills) {
            auto request = elasticsearch::refresh(backfill);
            if (!request)
                return request.error();
            const auto answer = service_->call(*std::move(request), deadline);
            if (!answer)
                return with_context(fmt::format("cannot refresh {}", printable(backfill.index, 80)), answer.error());
            if (auto refreshed = check_refreshed(backfill, *answer); !refreshed)
                return refreshed.error();
        }
        return {};
    }

    std::vector<Result<Snapshot>> measure(std::span<const Backfill> backfills, const Deadline& deadline) override {
        std::vector<Result<Snapshot>> out;
        for (const Backfill& backfill : backfills)
            out.push_back(measure_one(backfill, deadline));
        return out;
    }

    Result<Breakdown> breakdown(const Backfill& backfill, const Grouping& grouping, const Deadline& deadline) override {
        const std::string action =
            fmt::format("cannot break {} down by {}", printable(backfill.index, 80), printable(grouping.field, 80));
        Breakdown out;
        std::optional<json::value> last;
        do {
            auto request = breakdown_request(backfill, grouping, last);
            if (!request)
                return request.error();
            const auto answer = service_->call(*std::move(request), deadline);
            if (!answer)
                return with_context(action, answer.error());
            auto page = to_group_page(action, grouping, *answer);
            if (!page)
                return page.error();
            if (last && page->last == last)
                return bad_response(action, *answer, "the answer repeats what came before");
            std::ranges::move(page->groups, std::back_inserter(out.groups));
            if (out.groups.size() > most_groups)
                return too_many_groups(grouping);
            last = page->last;
        } while (last);
        sort_groups(out.groups, grouping);
        return out;
    }

    Result<std::vector<DocumentId>> samples(const Backfill& backfill, std::size_t most,
                                            const Deadline& deadline) override {
        const std::string action = fmt::format("cannot list documents of {}", printable(backfill.index, 80));
        auto request = samples_request(backfill, most);
        if (!request)
            return request.error();
        const auto answer = service_->call(*std::move(request), deadline);
        return answer ? to_samples(action, *answer) : with_context(action, answer.error());
    }

    Result<void> append(const std::string& health_index, std::span<const HealthDocument> documents,
                        const Deadline& deadline) override {
        const auto path = index_path(health_index);
        if (!path)
            return path.error();
        if (auto exists = check_exists(health_index, *path, deadline); !exists)
            return exists.error();
        for (const HealthDocument& document : documents)
            if (auto stored = store_one(health_index, *path, document, deadline); !stored)
                return stored.error();
        return {};
    }

    Result<History> history(const std::string& health_index, const Backfill& backfill, const Period& period,
                            const Deadline& deadline) override {
        const std::string action = fmt::format("cannot read {}", printable(health_index, 80));
        History out;
        std::optional<std::int64_t> last;
        do {
            auto request = history_request(health_index, backfill, period, last);
            if (!request)
                return request.error();
            const auto answer = service_->call(*std::move(request), deadline);
            if (!answer)
                return with_context(action, answer.error());
            auto page = to_history_page(action, backfill, *answer);
            if (!page)
                return page.error();
            if (!page->points.empty() && !out.points.empty() && page->points.front().begin <= out.points.back().begin)
                return bad_response(action, *answer, "the answer repeats what came before");
            std::ranges::move(page->points, std::back_inserter(out.points));
            out.foreign = page->foreign;
            last = page->last;
        } while (last);
        return out;
    }

    Result<std::optional<Timestamp>> latest(const std::string& health_index, const Backfill& backfill,
                                            const Deadline& deadline) override {
        const std::string action = fmt::format("cannot read {}", printable(health_index, 80));
        auto request = latest_request(health_index, backfill);
        if (!request)
            return request.error();
        const auto answer = service_->call(*std::move(request), deadline);
        if (!answer)
            return with_context(action, answer.error());
        return to_latest(action, *answer);
    }

    Examination examine(const Backfill& backfill, const std::string& health_index,
                        std::chrono::milliseconds timeout) override {
        return elasticsearch::examine(*this, *service_, settings_, backfill, health_index, timeout);
    }

    Result<Installed> install(const std::string& health_index, std::span<const FieldMapping> mapping,
                              const Deadline& deadline) override {
        const auto path = index_path(health_index);
        if (!path)
            return path.error();
        const std::string action = fmt::format("cannot create {}", printable(health_index, 80));
        const auto answer = service_->call(
            json_request("PUT", "/" + *path, json::serialize(json::object{{"mappings", to_json(mapping)}})), deadline);
        if (!answer)
            return with_context(action, answer.error());
        const bool may_not_create = answer->response.status == 403;
        if (already_exists(answer->response) || (may_not_create && check_exists(health_index, *path, deadline))) {
            if (auto matches = complete_mapping(health_index, *path, mapping, deadline); !matches)
                return matches.error();
            return Installed::existed;
        }
        const auto body = json_answer(action, *answer);
        if (!body)
            return body.error();
        if (!body->contains("acknowledged"))
            return Error{ErrorKind::bad_response,
                         fmt::format("{} at {}: the answer is not that of an index creation", action, answer->from),
                         "is it an Elasticsearch?"};
        return Installed::created;
    }

private:
    Result<Snapshot> measure_one(const Backfill& backfill, const Deadline& deadline) {
        auto request = measurement(backfill);
        if (!request)
            return request.error();
        const auto answer = service_->call(*std::move(request), deadline);
        if (!answer)
            return with_context(fmt::format("cannot measure {}", printable(backfill.index, 80)), answer.error());
        return to_snapshot(backfill, *answer, now_in_seconds());
    }

    /// A write to an index that is not there would make the engine guess a mapping.
    Result<void> check_exists(const std::string& health_index, const std::string& path, const Deadline& deadline) {
        const auto answer =
            service_->call({.method = "HEAD", .target = "/" + path, .headers = {}, .body = {}}, deadline);
        const std::string action = fmt::format("cannot write to {}", printable(health_index, 80));
        if (!answer)
            return with_context(action, answer.error());
        if (answer->response.status == 404)
            return Error{
                ErrorKind::index_missing,
                fmt::format("the health index {} does not exist at {}", printable(health_index, 80), answer->from),
                Remedy::create_health_index};
        const bool may_not_ask = answer->response.status == 403;
        if (answer->response.status / 100 != 2 && !may_not_ask)
            return refusal(action, *answer);
        return {};
    }

    Result<void> store_one(const std::string& health_index, const std::string& path, const HealthDocument& document,
                           const Deadline& deadline) {
        const std::string action = fmt::format("cannot write to {}", printable(health_index, 80));
        const auto answer = service_->call(
            json_request("PUT", fmt::format("/{}/_create/{}", path, document.id), document.json), deadline);
        if (!answer)
            return with_context(action, answer.error());
        // The id is ours alone: when it is there already, an earlier try whose answer was lost has stored it.
        if (answer->response.status == 409 && error_type(answer->response) == "version_conflict_engine_exception")
            return {};
        const auto body = json_answer(action, *answer);
        if (!body)
            return body.error();
        const json::value* result = body->if_contains("result");
        if (result == nullptr || *result != "created")
            return Error{ErrorKind::bad_response,
                         fmt::format("{} at {}: the answer does not say that it was stored", action, answer->from),
                         "is it an Elasticsearch?"};
        return {};
    }

    static bool already_exists(const http::Response& response) {
        if (response.status != 400)
            return false;
        const std::string type = error_type(response);
        const bool alias = type == "invalid_index_name_exception" &&
                           response.body.find("already exists as alias") != std::string::npos;
        return type == "resource_already_exists_exception" || alias;
    }

    Result<void> complete_mapping(const std::string& health_index, const std::string& path,
                                  std::span<const FieldMapping> wanted, const Deadline& deadline) {
        const std::string action = fmt::format("cannot compare the mapping of {}", printable(health_index, 80));
        const auto answer = service_->call(
            {.method = "GET", .target = fmt::format("/{}/_mapping", path), .headers = {}, .body = {}}, deadline);
        if (!answer)
            return with_context(action, answer.error());
        const auto body = json_answer(action, *answer);
        if (!body)
            return body.error();
        std::vector<FieldMapping> lacking;
        for (const auto& [name, index] : *body) {
            const json::value* mappings = index.is_object() ? index.get_object().if_contains("mappings") : nullptr;
            if (mappings == nullptr || !mappings->is_object())
                return Error{ErrorKind::bad_response,
                             fmt::format("{} at {}: the answer is not a mapping", action, answer->from), ""};
            auto difference = compare_mapping(wanted, mappings->get_object());
            if (!difference.conflict.empty())
                return Error{ErrorKind::rejected,
                             fmt::format("index {} at {} has another mapping: {}", printable(name, 80), answer->from,
                                         difference.conflict),
                             Remedy::delete_health_index};
            const bool others = mappings->get_object().contains("properties");
            if (others && difference.lacking.size() == wanted.size())
                return Error{
                    ErrorKind::rejected,
                    fmt::format("index {} at {} holds other documents: none of its fields is that of a snapshot",
                                printable(name, 80), answer->from),
                    Remedy::choose_health_index};
            std::ranges::move(difference.lacking, std::back_inserter(lacking));
        }
        return lacking.empty() ? Result<void>{} : add_fields(health_index, path, lacking, deadline);
    }

    Result<void> add_fields(const std::string& health_index, const std::string& path,
                            std::span<const FieldMapping> lacking, const Deadline& deadline) {
        const std::string action = fmt::format("cannot complete the mapping of {}", printable(health_index, 80));
        const auto answer = service_->call(
            json_request("PUT", fmt::format("/{}/_mapping", path), json::serialize(to_json(lacking))), deadline);
        if (!answer)
            return with_context(action, answer.error());
        if (const auto body = json_answer(action, *answer); !body)
            return body.error();
        return {};
    }

    RemoteSettings settings_;
    std::unique_ptr<Service> service_;
    std::string cluster_;
};

/// The same for the same nodes, in whatever order they are given.
std::string cluster_of(const RemoteSettings& settings) {
    std::vector<std::string> urls;
    for (const Url& node : settings.nodes)
        urls.push_back(node.shown());
    std::ranges::sort(urls);
    return fmt::format("{}", fmt::join(urls, ","));
}

} // namespace

Result<std::unique_ptr<Store>> make_elasticsearch_store(const RemoteSettings& settings) {
    std::string cluster = cluster_of(settings);
    auto service = Service::make(settings);
    if (!service)
        return service.error();
    return std::unique_ptr<Store>(
        std::make_unique<ElasticsearchStore>(settings, *std::move(service), std::move(cluster)));
}

} // namespace health
