#include <commands/watch/view.hpp>

#include <base/time.hpp>
#include <report/report.hpp>
#include <terminal/columns.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace cli {

using health::Glyphs;
using health::in_words;
using health::Progress;
using health::Snapshot;
using health::to_local;

namespace {

namespace json = boost::json;

constexpr Progress::Seconds worth_telling = std::chrono::minutes(1); ///< that nothing has changed
constexpr Progress::Seconds column_of_rates = std::chrono::seconds(15);
constexpr std::size_t most_columns_of_rates = 40; ///< ten minutes

std::uint64_t population(const Snapshot& snapshot) {
    return snapshot.missing + snapshot.present;
}

double share_done(const Snapshot& snapshot) {
    const auto all = population(snapshot);
    return all == 0 ? 0 : static_cast<double>(snapshot.present) / static_cast<double>(all);
}

/// 100.0 % is only what is done.
std::string percent_done(const Snapshot& snapshot) {
    const double share = std::floor(share_done(snapshot) * 1000) / 10;
    return fmt::format("{:.1f} %", share);
}

std::string rate(double per_second) {
    return std::abs(per_second) >= 100 ? fmt::format("{:.0f}/s", per_second) : fmt::format("{:.1f}/s", per_second);
}

std::chrono::seconds whole(Progress::Seconds time) {
    return std::chrono::ceil<std::chrono::seconds>(time);
}

std::string range(const Progress::Estimate& estimate) {
    return estimate.latest
               ? fmt::format("{} to {}", in_words(whole(estimate.soonest)), in_words(whole(*estimate.latest)))
               : fmt::format("{} or more", in_words(whole(estimate.soonest)));
}

std::string progress_bar(const Snapshot& snapshot, std::size_t columns, Glyphs glyphs) {
    const auto filled = static_cast<std::size_t>(share_done(snapshot) * static_cast<double>(columns));
    std::string out;
    for (std::size_t i = 0; i < columns; ++i)
        out += glyphs == Glyphs::unicode ? (i < filled ? "█" : "░") : (i < filled ? "#" : "-");
    return out;
}

Line title(const WatchState& state, const Now& now, std::size_t columns, bool unicode) {
    const std::string clock = to_local(now.wall, now.wall);
    const std::string name = fmt::format("{} of {}", state.backfill.name, state.backfill.index);
    if (columns < clock.size() + 12)
        return {fit(name, columns, unicode), Style::strong};
    std::string left = fit(name, columns - clock.size() - 2, unicode);
    left += std::string(columns - clock.size() - columns_of(left), ' ');
    return {left + clock, Style::strong};
}

Line bar(const Snapshot& snapshot, std::size_t columns, Glyphs glyphs) {
    const std::string numbers =
        fmt::format(" {}  {} of {}", percent_done(snapshot), snapshot.present, population(snapshot));
    constexpr std::size_t shortest = 6;
    constexpr std::size_t longest = 60;
    const auto style = verdict(snapshot) == health::Verdict::ok ? std::optional(Style::good) : std::nullopt;
    if (columns < numbers.size() + shortest)
        return {fit(numbers.substr(1), columns, glyphs == Glyphs::unicode), style};
    return {progress_bar(snapshot, std::min(columns - numbers.size(), longest), glyphs) + numbers, style};
}

/// "minute" for about that, else what it is.
std::string stretch_of(Progress::Seconds time) {
    constexpr Progress::Seconds least = std::chrono::seconds(55);
    constexpr Progress::Seconds most = std::chrono::seconds(70);
    return time >= least && time <= most ? "minute" : in_words(whole(time));
}

/// Behind an estimate that is not there.
std::string no_change(const WatchState& state) {
    return fmt::format("no change for {}",
                       in_words(std::chrono::floor<std::chrono::seconds>(state.progress.unchanged())));
}

std::string rates(const WatchState& state) {
    const auto recent = state.progress.recent_rate();
    const auto mean = state.progress.mean_rate();
    return fmt::format("{} missing{}{}", state.snapshot->missing,
                       recent ? fmt::format(", {} in the last {}", rate(recent->per_second), stretch_of(recent->over))
                              : "",
                       mean ? fmt::format(", {} overall", rate(*mean)) : "");
}

Line outlook(const WatchState& state, const Now& now) {
    const Snapshot& snapshot = *state.snapshot;
    if (population(snapshot) == 0)
        return {fmt::format("no document matches {}", describe_population(state.backfill)), Style::warning};
    if (verdict(snapshot) == health::Verdict::ok)
        return {fmt::format("done at {}", to_local(snapshot.ts, now.wall)), Style::good};
    if (state.measuring) // how it has gone on is not known
        return {fmt::format("last measured at {}", to_local(snapshot.ts, now.wall)), Style::warning};
    if (state.progress.unchanged() > worth_telling)
        return {no_change(state), Style::warning};
    const auto estimate = state.progress.estimate(now.steady);
    if (estimate) {
        const auto left = whole(estimate->expected);
        return {fmt::format("about {} left ({}), at {}", in_words(left), range(*estimate),
                            to_local(now.wall + left, now.wall))};
    }
    if (const auto mean = state.progress.mean_rate(); mean && *mean < 0)
        return {"more and more are missing", Style::warning};
    if (state.progress.overdue(now.steady))
        return {"later than expected, " + no_change(state), Style::warning};
    return {"too early to tell how long it takes", Style::faint};
}

std::optional<Line> picture(const WatchState& state, std::size_t columns, Glyphs glyphs) {
    constexpr std::size_t around = 24;
    if (columns < around + 4)
        return std::nullopt;
    const auto shown = state.progress.recent_rates(std::min(columns - around, most_columns_of_rates), column_of_rates);
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

void add_trouble(std::vector<Line>& lines, const std::optional<Trouble>& trouble, const Now& now, std::size_t columns,
                 bool unicode) {
    constexpr std::size_t most_lines = 4;
    if (!trouble)
        return;
    const std::string text =
        fmt::format("since {} ({}): {}", to_local(trouble->since, now.wall),
                    in_words(std::max(now.wall - trouble->since, std::chrono::seconds(0))), trouble->what);
    for (std::string& line : wrap(text, columns, most_lines, unicode))
        lines.push_back({std::move(line), Style::bad});
}

} // namespace

std::vector<Line> draw_watch(const WatchState& state, const Now& now, std::size_t columns, Glyphs glyphs) {
    const std::size_t usable = columns - 1; // the last column is where terminals differ
    const bool unicode = glyphs == Glyphs::unicode;
    std::vector<Line> out{title(state, now, usable, unicode)};
    if (state.snapshot) {
        out.push_back(bar(*state.snapshot, usable, glyphs));
        out.push_back({rates(state)});
        out.push_back(outlook(state, now));
        if (auto line = picture(state, usable, glyphs))
            out.push_back(*std::move(line));
    } else {
        out.push_back({"measuring", Style::faint});
    }
    add_trouble(out, state.measuring, now, usable, unicode);
    add_trouble(out, state.emitting, now, usable, unicode);
    for (Line& line : out)
        line.text = fit(line.text, usable, unicode);
    return out;
}

std::string watch_line(const WatchState& state, const Now& now) {
    const Snapshot& snapshot = *state.snapshot;
    std::string out = fmt::format("{}  {} of {} ({}), {} missing", health::to_rfc3339(snapshot.ts), snapshot.present,
                                  population(snapshot), percent_done(snapshot), snapshot.missing);
    if (verdict(snapshot) == health::Verdict::ok)
        return out + ", done\n";
    if (const auto recent = state.progress.recent_rate())
        out += ", " + rate(recent->per_second);
    const auto estimate = state.progress.estimate(now.steady);
    if (state.progress.unchanged() > worth_telling || state.progress.overdue(now.steady))
        out += ", " + no_change(state);
    else if (estimate)
        out += fmt::format(", about {} left ({})", in_words(whole(estimate->expected)), range(*estimate));
    return out + "\n";
}

std::string watch_json(const WatchState& state, const Now& now) {
    const auto number = [](std::optional<double> value) {
        return value ? json::value(std::round(*value * 1000) / 1000) : json::value(nullptr);
    };
    const auto seconds = [](std::optional<Progress::Seconds> value) {
        return value ? json::value(whole(*value).count()) : json::value(nullptr);
    };
    json::object out = report_members(state.backfill, *state.snapshot);
    const auto recent = state.progress.recent_rate();
    const auto estimate = state.progress.estimate(now.steady);
    out["rate_per_second"] = number(recent ? std::optional(recent->per_second) : std::nullopt);
    out["mean_rate_per_second"] = number(state.progress.mean_rate());
    out["seconds_left"] = seconds(estimate ? std::optional(estimate->expected) : std::nullopt);
    out["seconds_left_at_least"] = seconds(estimate ? std::optional(estimate->soonest) : std::nullopt);
    out["seconds_left_at_most"] = seconds(estimate ? estimate->latest : std::nullopt);
    return json::serialize(out) + "\n";
}

} // namespace cli
