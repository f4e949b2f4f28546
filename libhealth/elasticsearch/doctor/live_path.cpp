#include <elasticsearch/doctor/live_path.hpp>

#include <base/encoding.hpp>
#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/api/answer.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <optional>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

constexpr std::size_t max_next = 5;       ///< indices that are looked at: each is a request
constexpr std::size_t max_pipelines = 20; ///< in one request, whose line is limited
constexpr std::size_t most_pipelines = 200;
constexpr std::string_view templates_privilege = "the cluster privilege manage_index_templates";

class LivePathExaminer {
public:
    LivePathExaminer(const json::object& indices, const json::object* caps, const Backfill& backfill, Inquiry& inquiry)
        : indices_(indices), caps_(caps), backfill_(backfill), inquiry_(inquiry) {}

    Findings run() {
        std::vector<PipelineUse> uses = pipelines_of(indices_);
        std::vector<NextIndex> all = next_indices(indices_, backfill_.index);
        const std::size_t left_out = all.size() > max_next ? all.size() - max_next : 0;
        all.resize(all.size() - left_out);
        struct Seen {
            NextIndex next;
            std::vector<PipelineUse> uses;
        };
        std::vector<Seen> seen;
        Findings findings;
        for (NextIndex& next : all) {
            const auto from = template_of(next);
            if (!from) {
                findings.push_back(not_checked("next-index", from.error(), templates_privilege));
                findings.back().message += fmt::format("; what {} will map cannot be seen", printable(next.name, 60));
                continue;
            }
            if (caps_ != nullptr)
                std::ranges::move(check_next_index(next, *from, *caps_, backfill_), std::back_inserter(findings));
            std::vector<PipelineUse> of_next = pipelines_of(*from, next);
            uses.insert(uses.end(), of_next.begin(), of_next.end());
            seen.push_back({std::move(next), std::move(of_next)});
        }
        if (caps_ == nullptr && !seen.empty())
            findings.push_back(health::not_checked("next-index", "how the fields are mapped today is not known"));
        if (left_out > 0)
            findings.push_back(
                health::not_checked("next-index", fmt::format("{} more of the indices that will follow those of {}",
                                                              left_out, printable(backfill_.index, 80))));

        const auto pipelines = fetch_pipelines(uses);
        Findings out =
            pipelines ? check_pipelines(uses, *pipelines, backfill_) : unseen_pipelines(uses, pipelines.error());
        std::ranges::move(findings, std::back_inserter(out));
        for (const auto& [next, of_next] : pipelines ? seen : std::vector<Seen>()) {
            std::vector<PipelineUse> today;
            std::ranges::copy_if(uses, std::back_inserter(today),
                                 [&](const PipelineUse& use) { return !use.is_next && use.index == next.after; });
            std::ranges::move(check_next_pipelines(next, set_fields(today, *pipelines, backfill_, false),
                                                   set_fields(of_next, *pipelines, backfill_, true)),
                              std::back_inserter(out));
        }
        return out;
    }

private:
    Result<IndexTemplate> template_of(const NextIndex& next) {
        if (next.is_data_stream)
            return template_of_stream(next.name);
        const auto body = simulate("_simulate_index", next.name);
        if (!body)
            return body.error();
        IndexTemplate out = composable_template(*body);
        if (out.exists)
            return out;
        const auto& legacy =
            inquiry_.get("/_template?filter_path=*.index_patterns,*.order,*.mappings,*.settings,error,status");
        return legacy ? legacy_template(*legacy, next.name) : Result<IndexTemplate>(legacy.error());
    }

    Result<json::object> simulate(std::string_view how, std::string_view name) {
        return inquiry_.post(fmt::format("/_index_template/{}/{}", how, percent_encode(name)), {});
    }

    Result<IndexTemplate> template_of_stream(const std::string& name) {
        const auto& streams = inquiry_.get(fmt::format("/_data_stream/{}", percent_encode(name)));
        if (!streams && streams.error().kind == ErrorKind::unauthorized)
            return streams.error();
        const json::array* found = streams ? find_array(*streams, {"data_streams"}) : nullptr;
        const json::object* stream = found == nullptr || found->empty() ? nullptr : found->front().if_object();
        // OpenSearch and Elasticsearch 7 do not simulate a name that exists.
        const std::string used = stream == nullptr ? std::string() : find_text(*stream, {"template"});
        const auto body = used.empty() ? simulate("_simulate_index", name) : simulate("_simulate", used);
        if (!body)
            return body.error();
        IndexTemplate out = composable_template(*body);
        return stream == nullptr ? out : with_overrides(std::move(out), *stream);
    }

    /// All that are used, and those that they call.
    Result<json::object> fetch_pipelines(const std::vector<PipelineUse>& uses) {
        json::object out;
        std::set<std::string> asked;
        std::set<std::string> wanted;
        for (const PipelineUse& use : uses)
            wanted.insert(use.pipeline);
        while (!wanted.empty()) {
            std::vector<std::string> names;
            for (auto name = wanted.begin(); name != wanted.end() && names.size() < max_pipelines; ++name)
                names.push_back(percent_encode(*name));
            for (std::size_t i = 0; i < names.size(); ++i)
                asked.insert(wanted.extract(wanted.begin()));
            if (asked.size() > most_pipelines)
                return Error{
                    ErrorKind::bad_response, fmt::format("more than {} pipelines call each other", most_pipelines), {}};
            const auto answer = inquiry_.call("GET", fmt::format("/_ingest/pipeline/{}", join(names, ",")));
            if (!answer)
                return answer.error();
            // 404 with an empty object: none of them exists.
            const auto none = answer->response.status == 404 ? parse_object(answer->response.body) : std::nullopt;
            if (!none || !none->empty()) {
                const auto body = json_answer("the request failed", *answer);
                if (!body)
                    return body.error();
                for (const auto& [name, pipeline] : *body)
                    out[name] = pipeline;
            }
            wanted.merge(called_pipelines(out));
            std::erase_if(wanted, [&](const std::string& name) { return asked.contains(name); });
        }
        return out;
    }

    const json::object& indices_;
    const json::object* caps_;
    const Backfill& backfill_;
    Inquiry& inquiry_;
};

} // namespace

Findings examine_live_path(const json::object& indices, const json::object* caps, const Backfill& backfill,
                           Inquiry& inquiry) {
    return LivePathExaminer(indices, caps, backfill, inquiry).run();
}

Findings unseen_live_path(const Error& error, std::string_view privilege) {
    return {not_checked("pipeline", error, privilege), not_checked("next-index", error, privilege)};
}

} // namespace health::elasticsearch
