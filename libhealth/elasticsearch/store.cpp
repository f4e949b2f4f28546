#include <elasticsearch/store.hpp>

#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/engine.hpp>
#include <elasticsearch/api/field_caps.hpp>
#include <elasticsearch/api/index_path.hpp>
#include <elasticsearch/api/multi_search.hpp>
#include <elasticsearch/api/query.hpp>
#include <elasticsearch/ask_all.hpp>
#include <elasticsearch/breakdown.hpp>
#include <elasticsearch/doctor/examination.hpp>
#include <elasticsearch/health_index.hpp>
#include <elasticsearch/history.hpp>
#include <elasticsearch/measure.hpp>
#include <elasticsearch/planner.hpp>
#include <elasticsearch/prepared_queries.hpp>
#include <elasticsearch/profile.hpp>
#include <elasticsearch/refresh.hpp>
#include <elasticsearch/sampling.hpp>
#include <remote/service.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace health {

namespace {

using namespace elasticsearch;
using remote::Service;

/// Questions to the health index: one search for each backfill.
std::vector<Question> question_per_backfill(const std::string& health_index, std::span<const Backfill> backfills,
                                            const auto& bytes) {
    std::vector<Question> out;
    for (const Backfill& backfill : backfills)
        out.push_back({.id = out.size(), .index = health_index, .bytes = bytes(backfill), .shares = false});
    return out;
}

/// Adds a page to the history. Returns where the next one begins, if there is one.
std::optional<std::int64_t> add_page(const std::string& action, const Backfill& backfill, const remote::Answer& answer,
                                     Result<History>& history) {
    auto page = to_history_page(action, backfill, answer);
    if (!page) {
        history = page.error();
        return std::nullopt;
    }
    auto& points = history->points;
    if (!page->points.empty() && !points.empty() && page->points.front().begin <= points.back().begin) {
        history = bad_response(action, answer, "the answer repeats what came before");
        return std::nullopt;
    }
    std::ranges::move(page->points, std::back_inserter(points));
    history->foreign = page->foreign;
    return page->last;
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
        isolation_ = {};
        return {};
    }

    std::vector<Result<void>> refresh(std::span<const Backfill> backfills, const Deadline& deadline) override {
        return elasticsearch::refresh(send(), backfills, deadline);
    }

    std::vector<Result<Snapshot>> measure(std::span<const Backfill> backfills, const Deadline& deadline) override {
        return elasticsearch::measure(send(), backfills, isolation_, deadline);
    }

    Result<Breakdown> breakdown(const Backfill& backfill, const Grouping& grouping, const Deadline& deadline) override {
        const std::string action =
            fmt::format("cannot break {} down by {}", printable(backfill.index, 80), printable(grouping.field, 80));
        const auto answer = ask(action, breakdown_request(backfill, grouping), deadline);
        if (!answer)
            return answer.error();
        auto groups = to_groups(action, grouping, *answer);
        if (!groups)
            return groups.error();
        sort_groups(*groups, grouping);
        return Breakdown{.groups = *std::move(groups)};
    }

    Result<std::vector<SampleDocument>> samples(const Backfill& backfill, const std::optional<Rule>& broken,
                                                std::size_t limit, const Deadline& deadline) override {
        const std::string action = fmt::format("cannot list documents of {}", printable(backfill.index, 80));
        boost::json::value query = missing_query(backfill);
        if (broken) {
            Backfill of_rule = backfill;
            of_rule.rules = {*broken};
            const auto prepared = prepare_queries(send(), {&of_rule, 1}, deadline);
            if (!prepared.front())
                return prepared.front().error();
            query = all_of({population_query(backfill), prepared.front()->broken.front()});
        }
        const auto fields = broken ? fields_of(*broken) : std::vector<std::string>();
        const auto answer = ask(action, samples_request(backfill.index, query, fields, limit), deadline);
        return answer ? to_samples(action, fields, *answer) : answer.error();
    }

    Result<Profile> profile(const Backfill& backfill, Timestamp now, const Deadline& deadline) override {
        const std::string action = fmt::format("cannot profile {}", printable(backfill.index, 80));
        const auto path = index_path(backfill.index);
        if (!path)
            return path.error();
        const auto caps = service_->call(
            {.method = "GET", .target = field_caps_target(*path, backfill), .headers = {}, .body = {}}, deadline);
        if (!caps)
            return with_context(action, caps.error());
        const auto fields = to_profiled_fields(action, backfill, *caps);
        if (!fields)
            return fields.error();
        const auto ask_for = [&](const Candidates& candidates) -> Result<ProfileAnswer> {
            const auto answer = ask(action, profile_request(backfill, *fields, now, candidates), deadline);
            return answer ? to_profile(action, *fields, *answer, candidates) : answer.error();
        };
        auto found = ask_for({});
        const auto is_none = [](const boost::json::value& key) { return key.is_null(); };
        if (found && !std::ranges::all_of(found->doubtful, is_none))
            found = ask_for(found->doubtful);
        return found ? Result<Profile>(std::move(found->profile)) : found.error();
    }

    Result<RandomSample> draw(const Backfill& backfill, std::size_t limit, std::uint64_t seed,
                              const Deadline& deadline) override {
        const std::string action = fmt::format("cannot draw documents of {}", printable(backfill.index, 80));
        const auto answer = ask(action, draw_request(backfill, limit, seed), deadline);
        return answer ? to_random_sample(action, *answer, limit) : answer.error();
    }

    Result<std::vector<std::optional<Document>>> fetch(const Backfill& backfill, std::span<const DocumentKey> keys,
                                                       const Deadline& deadline) override {
        const std::string action = fmt::format("cannot read documents of {}", printable(backfill.index, 80));
        return elasticsearch::fetch(backfill, keys, action, page_, [&](Result<http::Request> request) {
            return ask(action, std::move(request), deadline);
        });
    }

    std::vector<Result<void>> append(const std::string& health_index, std::span<const HealthDocument> documents,
                                     const Deadline& deadline) override {
        auto index = HealthIndex::make(send(), health_index);
        return index ? index->append(documents, deadline) : std::vector<Result<void>>(documents.size(), index.error());
    }

    std::vector<Result<History>> history(const std::string& health_index, std::span<const Backfill> backfills,
                                         const Period& period, const Deadline& deadline) override {
        const std::string action = fmt::format("cannot read {}", printable(health_index, 80));
        if (const auto path = index_path(health_index); !path)
            return std::vector<Result<History>>(backfills.size(), path.error());
        std::vector<Result<History>> out(backfills.size());
        std::vector<std::optional<std::int64_t>> after(backfills.size()); // where the next page begins
        Isolation isolation;
        Planner planner(
            question_per_backfill(health_index, backfills,
                                  [&](const Backfill& backfill) { return expected_bytes(backfill, period); }),
            isolation);
        ask_all(
            send(), planner, deadline,
            [&](std::span<const Question> asked) {
                const std::size_t i = asked.front().id;
                return history_search(backfills[i], period, after[i]);
            },
            [&](const Planner::Answered& answered) {
                const Question& question = answered.questions.front();
                const std::size_t i = question.id;
                after[i] = answered.answer ? add_page(action, backfills[i], *answered.answer, out[i]) : std::nullopt;
                if (!answered.answer)
                    out[i] = with_context(action, answered.answer.error());
                if (after[i])
                    planner.add(question);
            });
        return out;
    }

    std::vector<Result<std::optional<Timestamp>>>
    latest(const std::string& health_index, std::span<const Backfill> backfills, const Deadline& deadline) override {
        const std::string action = fmt::format("cannot read {}", printable(health_index, 80));
        if (const auto path = index_path(health_index); !path)
            return std::vector<Result<std::optional<Timestamp>>>(backfills.size(), path.error());
        std::vector<Result<std::optional<Timestamp>>> out(backfills.size());
        Isolation isolation;
        Planner planner(question_per_backfill(health_index, backfills, [](const Backfill&) { return std::size_t{50}; }),
                        isolation);
        ask_all(
            send(), planner, deadline,
            [&](std::span<const Question> asked) { return latest_search(backfills[asked.front().id]); },
            [&](const Planner::Answered& answered) {
                out[answered.questions.front().id] = answered.answer ? to_latest(action, *answered.answer)
                                                                     : with_context(action, answered.answer.error());
            });
        return out;
    }

    Examination examine(std::span<const Backfill> backfills, const std::string& health_index,
                        std::chrono::milliseconds timeout) override {
        return elasticsearch::examine(*this, send(), settings_, backfills, health_index, timeout);
    }

    Result<Installed> install(const std::string& health_index, std::span<const FieldMapping> mapping,
                              const Deadline& deadline) override {
        auto index = HealthIndex::make(send(), health_index);
        return index ? index->install(mapping, deadline) : index.error();
    }

    Result<Installed> preview_install(const std::string& health_index, std::span<const FieldMapping> mapping,
                                      const Deadline& deadline) override {
        auto index = HealthIndex::make(send(), health_index);
        return index ? index->preview(mapping, deadline) : index.error();
    }

private:
    [[nodiscard]] Send send() const { return send_to(*service_); }

    /// Sends a request made by search().
    Result<remote::Answer> ask(const std::string& action, Result<http::Request> request, const Deadline& deadline) {
        if (!request)
            return request.error();
        const auto answer = service_->call(*std::move(request), deadline, all_are_busy);
        if (!answer)
            return with_context(action, answer.error());
        return answers_in(*answer, 1).front();
    }

    RemoteSettings settings_;
    std::unique_ptr<Service> service_;
    Isolation isolation_; ///< learned from measurements so far
    PageSize page_;       ///< learned from the documents that were fetched
    std::string cluster_;
};

/// The same for the same nodes, in any order.
std::string cluster_of(const RemoteSettings& settings) {
    std::vector<std::string> urls;
    for (const Url& node : settings.nodes)
        urls.push_back(node.shown());
    std::ranges::sort(urls);
    return join(urls, ",");
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
