#include <commands/watch/records.hpp>

#include <base/json_text.hpp>
#include <base/printable.hpp>
#include <commands/watch/wording.hpp>
#include <model/names.hpp>
#include <report/outlook.hpp>
#include <report/report.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <cmath>

namespace cli {

using health::describe_change;
using health::Progress;
using health::rounded_up;

namespace json = boost::json;

std::string watch_text(const WatchState& state, const health::ClockReading& now, Named named) {
    const health::Snapshot& snapshot = *state.snapshot;
    const std::string name = named == Named::yes ? health::printable(state.backfill.name) + ": " : "";
    std::string out = fmt::format("{}  {}{} of {} ({}), {} missing", health::to_rfc3339(snapshot.ts), name,
                                  snapshot.present, snapshot.population(), percent_done(snapshot), snapshot.missing);
    if (const std::string arrived = describe_arrivals(state.backfill, snapshot); !arrived.empty())
        out += ", " + arrived;
    using State = health::BackfillStatus::State;
    const State measured = state_of(snapshot, false);
    if (measured == State::done)
        return out + ", done\n";
    const std::string broken = describe_broken(snapshot);
    const std::string end = broken.empty() ? "\n" : ", " + broken + "\n";
    if (measured == State::only_rules_broken)
        return out + end;
    const auto outlook = state.progress.outlook(now.steady);
    const auto* no_estimate = std::get_if<Progress::NoEstimate>(&outlook);
    if (const auto why = no_estimate != nullptr ? describe_reason(*no_estimate, state.backfill) : ""; !why.empty())
        return out + ", " + why + end;
    if (const auto trend = state.progress.recent_trend())
        out += ", " + describe_change(*trend);
    if (const auto* estimate = std::get_if<Progress::Estimate>(&outlook))
        out += ", about " + describe_left(*estimate);
    return out + end;
}

std::string watch_json(const WatchState& state, const health::ClockReading& now) {
    const auto number = [](std::optional<double> value) {
        if (!value)
            return json::value(nullptr);
        // Three decimals, but four significant digits of a slow one: one document an hour is not none.
        const double size = std::abs(*value);
        const double precision = size > 0 && size < 1 ? std::pow(10, 3 - std::floor(std::log10(size))) : 1000;
        return json::value(std::round(*value * precision) / precision + 0.0); // + 0.0: never -0
    };
    const auto seconds = [](std::optional<Progress::Seconds> value) {
        return value ? json::value(rounded_up(*value).count()) : json::value(nullptr);
    };
    const auto outlook = state.progress.outlook(now.steady);
    const auto* no_estimate = std::get_if<Progress::NoEstimate>(&outlook);
    const auto estimate = no_estimate != nullptr ? std::nullopt : std::optional(std::get<Progress::Estimate>(outlook));
    const auto trend = state.progress.recent_trend();
    json::object out = report_members(state.backfill, *state.snapshot);
    if (state.snapshot->arrivals)
        out[health::key::arrived] = arrival_members(*state.snapshot->arrivals);
    out["rate_per_second"] = number(trend ? std::optional(-trend->missing) : std::nullopt);
    out["documents_per_second"] = number(trend ? std::optional(trend->population) : std::nullopt);
    out["rates_over_seconds"] = seconds(trend ? std::optional(trend->over) : std::nullopt);
    out["mean_rate_per_second"] = number(estimate ? std::optional(estimate->per_second) : std::nullopt);
    out["seconds_left"] = seconds(estimate ? std::optional(estimate->expected) : std::nullopt);
    out["seconds_left_at_least"] = seconds(estimate ? std::optional(estimate->soonest) : std::nullopt);
    out["seconds_left_at_most"] = seconds(estimate ? estimate->latest : std::nullopt);
    out["no_estimate"] = no_estimate != nullptr ? json::value(reason_name(no_estimate->reason)) : json::value(nullptr);
    return health::json_text(out) + "\n";
}

} // namespace cli
