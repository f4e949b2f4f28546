#include <commands/watch/view.hpp>

#include <base/columns.hpp>
#include <base/time.hpp>
#include <commands/watch/wording.hpp>
#include <model/names.hpp>
#include <report/outlook.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cli {

using health::columns_of;
using health::fit;
using health::Glyphs;
using health::in_words;
using health::Progress;
using health::rounded_up;
using health::Snapshot;
using health::to_local;
using health::wrap;

namespace {

constexpr Progress::Seconds column_of_rates = std::chrono::seconds(15);
constexpr std::size_t max_columns_of_rates = 40; ///< ten minutes

Line title(const WatchState& state, const health::ClockReading& now, std::size_t columns, Glyphs glyphs) {
    const std::string clock = to_local(now.seconds(), now.seconds());
    const std::string name = fmt::format("{} of {}", state.backfill.name, state.backfill.index);
    if (columns < clock.size() + 12)
        return {fit(name, columns, glyphs), Style::strong};
    std::string left = fit(name, columns - clock.size() - 2, glyphs);
    left += std::string(columns - clock.size() - columns_of(left), ' ');
    return {left + clock, Style::strong};
}

Line bar(const Snapshot& snapshot, std::size_t columns, Glyphs glyphs) {
    const std::string numbers =
        fmt::format("{}  {} of {}", percent_done(snapshot), snapshot.present, snapshot.population());
    constexpr std::size_t shortest = 6;
    constexpr std::size_t longest = 60;
    const auto style = is_done(snapshot) ? std::optional(Style::good) : std::nullopt;
    const std::size_t beside = numbers.size() + 1;
    if (columns < beside + shortest)
        return {fit(numbers, columns, glyphs), style};
    return {progress_bar(snapshot, std::min(columns - beside, longest), glyphs) + " " + numbers, style};
}

Line missing(const WatchState& state) {
    const auto trend = state.progress.recent_trend();
    std::string out = fmt::format("{} missing", state.snapshot->missing);
    if (const std::string arrived = describe_arrivals(state.backfill, *state.snapshot); !arrived.empty())
        out += ", " + arrived;
    if (trend && !state.measuring) // else it is not recent
        out += ", " + describe_change(*trend);
    return {std::move(out)};
}

Line outlook(const WatchState& state, const health::ClockReading& now) {
    using State = health::BackfillStatus::State;
    const Snapshot& snapshot = *state.snapshot;
    const State last_measured = state_of(snapshot, false);
    if (last_measured == State::empty)
        return {describe_no_match(state.backfill), Style::warning};
    if (last_measured == State::done)
        return {fmt::format("done at {}", to_local(snapshot.ts, now.seconds())), Style::good};
    if (last_measured == State::only_rules_broken && !state.measuring)
        return {"nothing is missing, but not every rule holds", Style::warning};
    const auto outlook = state.progress.outlook(now.steady);
    if (const auto* estimate = std::get_if<Progress::Estimate>(&outlook))
        return {fmt::format("about {}, at {}", describe_left(*estimate),
                            to_local(now.seconds() + rounded_up(estimate->expected), now.seconds()))};
    const auto& no_estimate = std::get<Progress::NoEstimate>(outlook);
    if (no_estimate.reason == Progress::Reason::not_measured)
        return {fmt::format("last measured at {}", to_local(snapshot.ts, now.seconds())), Style::warning};
    std::string why = describe_reason(no_estimate, state.backfill);
    if (why.empty())
        return {"too early for an estimate", Style::faint};
    return {std::move(why), Style::warning};
}

std::optional<Line> picture(const WatchState& state, std::size_t columns, Glyphs glyphs) {
    constexpr std::size_t around = 24;
    if (columns < around + 4)
        return std::nullopt;
    const auto shown = state.progress.recent_rates(std::min(columns - around, max_columns_of_rates), column_of_rates);
    double most = 0;
    std::size_t known = 0;
    for (const auto& value : shown) {
        most = std::max(most, value.value_or(0));
        known += value ? 1 : 0;
    }
    if (known < 2)
        return std::nullopt;
    std::string drawn;
    for (const auto& value : shown)
        if (value)
            drawn += health::chart_column(most > 0 ? *value / most : 0, glyphs);
    const auto time = std::chrono::duration_cast<std::chrono::seconds>(column_of_rates * static_cast<double>(known));
    return Line{fmt::format("rate  {}  last {}", drawn, in_words(time))};
}

constexpr std::size_t max_lines_of_text = 4;

void add_broken(std::vector<Line>& lines, const Snapshot& snapshot, std::size_t columns, Glyphs glyphs) {
    const std::string text = describe_broken(snapshot);
    if (text.empty())
        return;
    for (std::string& line : wrap(text, columns, max_lines_of_text, glyphs))
        lines.push_back({std::move(line), Style::warning});
}

void add_outage(std::vector<Line>& lines, const std::optional<Outage>& outage, const health::ClockReading& now,
                std::size_t columns, Glyphs glyphs) {
    if (!outage)
        return;
    const std::string text =
        fmt::format("since {} ({}): {}", to_local(outage->since, now.seconds()),
                    in_words(std::max(now.seconds() - outage->since, std::chrono::seconds(0))), outage->reason());
    for (std::string& line : wrap(text, columns, max_lines_of_text, glyphs))
        lines.push_back({std::move(line), Style::bad});
}

} // namespace

std::vector<Line> draw_watch(const WatchState& state, const health::ClockReading& now, std::size_t columns,
                             Glyphs glyphs) {
    const std::size_t usable = columns - 1; // the last column is where terminals differ
    std::vector<Line> out{title(state, now, usable, glyphs)};
    if (state.snapshot) {
        out.push_back(bar(*state.snapshot, usable, glyphs));
        out.push_back(missing(state));
        out.push_back(outlook(state, now));
        add_broken(out, *state.snapshot, usable, glyphs);
        if (std::string note = state.is_done() ? state.remark() : ""; !note.empty())
            out.push_back({std::move(note), Style::warning});
        if (auto line = picture(state, usable, glyphs))
            out.push_back(*std::move(line));
    } else {
        out.push_back({"measuring", Style::faint});
    }
    add_outage(out, state.measuring, now, usable, glyphs);
    add_outage(out, state.storing, now, usable, glyphs);
    for (Line& line : out)
        line.text = fit(line.text, usable, glyphs);
    return out;
}

} // namespace cli
