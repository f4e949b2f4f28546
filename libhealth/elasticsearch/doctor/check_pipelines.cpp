#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/doctor/live_path.hpp>
#include <elasticsearch/doctor/processors.hpp>
#include <elasticsearch/doctor/writing_indices.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

constexpr std::string_view pipeline_check = "pipeline";
constexpr std::string_view no_pipeline = "_none";

struct PipelineSetting {
    std::string_view name;
    bool is_final;
};
constexpr std::array pipeline_settings{PipelineSetting{.name = "default_pipeline", .is_final = false},
                                       PipelineSetting{.name = "final_pipeline", .is_final = true}};

Finding pipeline_finding(Severity severity, std::string message, Hint hint = {}) {
    return {.check = std::string(pipeline_check),
            .severity = severity,
            .message = std::move(message),
            .hint = std::move(hint)};
}

std::string shown_name(std::string_view name) {
    return printable(name, 60);
}

std::string all_of_names(const std::set<std::string>& names) {
    std::vector<std::string> out;
    for (const std::string& name : names)
        out.push_back(shown_name(name));
    return join(out, ", ");
}

/// "the default pipeline p of a and 2 more", for all uses of one pipeline.
std::string described(const std::vector<PipelineUse>& uses, const PipelineUse& use) {
    const auto same = std::ranges::count_if(uses, [&](const PipelineUse& other) {
        return other.pipeline == use.pipeline && other.is_final == use.is_final && other.is_next == use.is_next;
    });
    const std::string more = same > 1 ? fmt::format(" and {} more", same - 1) : std::string();
    return fmt::format("the {} pipeline {} of {}{}{}", use.is_final ? "final" : "default", shown_name(use.pipeline),
                       use.is_next ? "the next index " : "", shown_name(use.index), more);
}

/// One use of each pipeline, in each of its roles.
std::vector<PipelineUse> distinct(const std::vector<PipelineUse>& uses) {
    std::vector<PipelineUse> out;
    for (const PipelineUse& use : uses)
        if (std::ranges::none_of(out, [&](const PipelineUse& other) {
                return other.pipeline == use.pipeline && other.is_final == use.is_final &&
                       // What a pipeline of today's indices does is not repeated for the next one.
                       (other.is_next == use.is_next || !other.is_next);
            }))
            out.push_back(use);
    return out;
}

Finding missing_pipeline(const PipelineUse& use, const std::string& what) {
    const std::string setting = use.is_final ? "index.final_pipeline" : "index.default_pipeline";
    return pipeline_finding(
        use.is_next ? Severity::warning : Severity::problem,
        fmt::format("{} does not exist: {} documents are refused", what, use.is_next ? "its" : "new"),
        fmt::format("create it, or change {}{}", setting, use.is_next ? " in the template" : ""));
}

/// What one pipeline does to the fields: warnings, or one line that says it.
Findings check_effects(const std::string& what, std::string_view name, const json::object& pipelines,
                       const Backfill& backfill) {
    Findings out;
    std::vector<std::string> done;
    std::vector<std::string> untouched;
    std::vector<std::string> unknown;
    std::set<std::string> opaque;
    std::set<std::string> missing;
    for (const std::string& field : own_fields(backfill)) {
        const std::string as = printable(field, 80);
        const Effect effect = effect_of(pipelines, name, field);
        missing.insert(effect.missing.begin(), effect.missing.end());
        if (effect.removes || effect.removes_perhaps)
            out.push_back(pipeline_finding(
                Severity::warning,
                fmt::format("{} removes {} from {}documents", what, as, effect.removes ? "new " : "some new "),
                "new documents come in without it, until the backfill runs again"));
        else if (effect.sets || (effect.opaque.empty() && effect.sets_perhaps))
            done.push_back(effect.sets ? fmt::format("sets {}", as) : fmt::format("sets {} on some documents", as));
        else if (!effect.opaque.empty()) {
            unknown.push_back(as);
            opaque.insert(effect.opaque.begin(), effect.opaque.end());
        } else
            untouched.push_back(as);
    }
    if (!missing.empty())
        out.push_back(pipeline_finding(Severity::warning,
                                       fmt::format("{} calls {}, which does not exist", what, all_of_names(missing)),
                                       "documents that reach it are refused: create it, or change the pipeline"));
    if (!unknown.empty())
        out.push_back(health::not_checked(std::string(pipeline_check),
                                          fmt::format("whether {} sets {} cannot be seen: it has {} processors", what,
                                                      join(unknown, " or "), all_of_names(opaque))));
    if (!untouched.empty())
        done.push_back(fmt::format("does not set {}", join(untouched, " or ")));
    if (!done.empty())
        out.push_back(pipeline_finding(Severity::ok, fmt::format("{} {}", what, join(done, ", "))));
    return out;
}

} // namespace

std::vector<PipelineUse> pipelines_of(const json::object& indices) {
    std::vector<PipelineUse> out;
    for (const std::string& index : writing_indices(indices))
        for (const auto& [name, is_final] : pipeline_settings) {
            std::string pipeline = find_text(indices, {index, "settings", fmt::format("index.{}", name)});
            if (!pipeline.empty() && pipeline != no_pipeline)
                out.push_back({.pipeline = std::move(pipeline), .index = index, .is_final = is_final});
        }
    return out;
}

std::vector<PipelineUse> pipelines_of(const IndexTemplate& from, const NextIndex& next) {
    std::vector<PipelineUse> out;
    for (const auto& [name, is_final] : pipeline_settings) {
        std::string pipeline = find_text(from.content, {"settings", "index", name});
        if (pipeline.empty())
            pipeline = find_text(from.content, {"settings", fmt::format("index.{}", name)});
        if (!pipeline.empty() && pipeline != no_pipeline)
            out.push_back({.pipeline = std::move(pipeline), .index = next.name, .is_final = is_final, .is_next = true});
    }
    return out;
}

std::set<std::string> called_pipelines(const json::object& known) {
    std::set<std::string> out;
    for (const auto& [name, pipeline] : known)
        if (const json::object* definition = pipeline.if_object())
            out.merge(called_by(*definition));
    std::erase_if(out, [&](const std::string& name) { return known.contains(name); });
    return out;
}

Findings check_pipelines(const std::vector<PipelineUse>& uses, const json::object& pipelines,
                         const Backfill& backfill) {
    if (uses.empty())
        return {pipeline_finding(
            Severity::ok, fmt::format("the settings of {} name no ingest pipeline", printable(backfill.index, 80)))};
    Findings out;
    for (const PipelineUse& use : distinct(uses)) {
        const std::string what = described(uses, use);
        if (find_object(pipelines, {use.pipeline}) == nullptr)
            out.push_back(missing_pipeline(use, what));
        else
            std::ranges::move(check_effects(what, use.pipeline, pipelines, backfill), std::back_inserter(out));
    }
    return out;
}

Findings unseen_pipelines(const std::vector<PipelineUse>& uses, const Error& error) {
    Findings out;
    for (const PipelineUse& use : distinct(uses)) {
        Finding unseen = not_checked(std::string(pipeline_check), error, "the cluster privilege read_pipeline");
        unseen.message = fmt::format("{}; what {} does cannot be seen", unseen.message, described(uses, use));
        out.push_back(std::move(unseen));
    }
    return out;
}

std::set<std::string> set_fields(const std::vector<PipelineUse>& uses, const json::object& pipelines,
                                 const Backfill& backfill, bool or_unknown) {
    std::set<std::string> out;
    for (const std::string& field : own_fields(backfill))
        for (const PipelineUse& use : uses) {
            const Effect effect = effect_of(pipelines, use.pipeline, field);
            if (effect.sets || effect.sets_perhaps || (or_unknown && !effect.opaque.empty()))
                out.insert(field);
        }
    return out;
}

} // namespace health::elasticsearch
