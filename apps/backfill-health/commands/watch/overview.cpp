#include <commands/watch/overview.hpp>

#include <base/columns.hpp>
#include <base/time.hpp>
#include <commands/watch/wording.hpp>
#include <report/backfill_status.hpp>
#include <report/outlook.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <utility>

namespace cli {

using health::align_left;
using health::align_right;
using health::BackfillStatus;
using health::columns_of;
using health::fit;
using health::Glyphs;
using health::Progress;
using health::Snapshot;

namespace {

constexpr std::size_t bar_width = 10;
constexpr std::string_view widest_percent = "100.0 %";

/// The cells of a line, from left to right.
struct Row {
    std::string name;
    std::string bar{};
    std::string percent{};
    std::string missing{};
    std::string change{};
    std::string left{};
    std::optional<Style> style{};
};

struct Widths {
    std::size_t name = 0;
    std::size_t missing = 0;
    std::size_t change = 0;
};

std::optional<Style> style_of(const BackfillStatus& status) {
    if (status.state == BackfillStatus::State::done)
        return status.remark.empty() ? Style::good : Style::warning;
    return status.broken_rules.empty() ? std::nullopt : std::optional(Style::warning);
}

void set_numbers(Row& row, const Snapshot& snapshot, Glyphs glyphs) {
    row.bar = progress_bar(snapshot, bar_width, glyphs);
    row.percent = percent_done(snapshot);
    row.missing = fmt::format("{} missing", snapshot.missing);
}

/// Over the window of the title, unless it names its own.
std::string describe_recent_change(const Progress::Trend& trend, std::optional<std::chrono::seconds> window) {
    return health::window_of(trend) == window ? health::describe_change(trend.missing) : health::describe_change(trend);
}

Row row_of(const WatchState& state, const BackfillStatus& status, const health::ClockReading& now,
           std::optional<std::chrono::seconds> window, Glyphs glyphs) {
    Row out{.name = state.backfill.name};
    if (state.snapshot)
        set_numbers(out, *state.snapshot, glyphs);
    if (state.measuring) {
        out.left = fmt::format("failing since {}: {}", health::to_local(state.measuring->since, now.seconds()),
                               state.measuring->reason());
        out.style = Style::bad;
    } else if (!state.snapshot) {
        out.left = "measuring";
        out.style = Style::faint;
    } else {
        const auto trend = state.progress.recent_trend();
        out.change = trend && status.state != BackfillStatus::State::done ? describe_recent_change(*trend, window) : "";
        const auto [text, warning] = status.conclusion();
        out.left = text + warning;
        out.style = style_of(status);
        if (state.storing) {
            out.left = "cannot store snapshots: " + state.storing->reason();
            out.style = Style::bad;
        }
    }
    return out;
}

/// The time over which most changes were seen, as all are measured together; none before there is any change.
std::optional<std::chrono::seconds> common_window(const std::vector<WatchState>& states) {
    std::map<std::chrono::seconds, std::size_t> counts;
    for (const WatchState& state : states)
        if (const auto trend = state.progress.recent_trend(); trend && !state.measuring && !state.is_done())
            ++counts[health::window_of(*trend)];
    const auto most = std::ranges::max_element(counts, {}, [](const auto& each) { return each.second; });
    return most == counts.end() ? std::nullopt : std::optional(most->first);
}

/// Of those that have been measured.
Row sum_of(const std::vector<WatchState>& states, Glyphs glyphs) {
    Snapshot sum;
    std::size_t unknown = 0;
    for (const WatchState& state : states) {
        if (!state.snapshot) {
            ++unknown;
            continue;
        }
        sum.missing += state.snapshot->missing;
        sum.present += state.snapshot->present;
    }
    Row out{.name = "all", .style = Style::strong};
    if (unknown < states.size())
        set_numbers(out, sum, glyphs);
    const auto done = static_cast<std::size_t>(std::ranges::count_if(states, &WatchState::is_done));
    out.left = fmt::format("{} of {} done", done, states.size());
    if (unknown > 0)
        out.left += fmt::format(", {} not measured", unknown);
    return out;
}

/// The text begins where the numbers end, because reasons are long.
Line line_of(const Row& row, const Widths& widths, std::size_t columns, Glyphs glyphs) {
    std::string text = align_left(fit(row.name, widths.name, glyphs), widths.name);
    if (!row.bar.empty()) {
        text += "  " + align_left(row.bar, bar_width);
        text += " " + align_right(row.percent, widest_percent.size());
        text += "  " + align_right(row.missing, widths.missing);
    }
    if (!row.change.empty())
        text += "  " + align_right(row.change, widths.change);
    text += "  " + row.left;
    return {fit(text, columns, glyphs), row.style};
}

} // namespace

std::vector<Line> draw_overview(const std::vector<WatchState>& states, const health::ClockReading& now, Size size,
                                Glyphs glyphs) {
    constexpr std::size_t frame = 3; // the title, the sum, and the row that the cursor stands in
    const std::size_t usable = size.columns - 1;
    std::vector<std::pair<BackfillStatus, const WatchState*>> shown;
    for (const WatchState& state : states)
        shown.emplace_back(state.status(now), &state);
    const std::size_t room = std::max<std::size_t>(size.rows, frame + 2) - frame;
    const bool too_many = shown.size() > room;
    if (too_many) {
        std::ranges::stable_sort(shown, {}, [](const auto& each) { return each.first.urgency(); });
        shown.resize(room - 1); // a row says what is left out
    }
    const auto window = common_window(states);
    std::vector<Row> rows;
    for (const auto& [status, state] : shown)
        rows.push_back(row_of(*state, status, now, window, glyphs));
    rows.push_back(sum_of(states, glyphs));
    Widths widths;
    for (const Row& row : rows) {
        widths.name = std::max(widths.name, columns_of(row.name));
        widths.missing = std::max(widths.missing, row.missing.size());
        widths.change = std::max(widths.change, row.change.size());
    }
    widths.name = std::min(widths.name, std::max<std::size_t>(usable / 4, 8));

    const std::string clock = health::to_local(now.seconds(), now.seconds());
    std::string title = fmt::format("{} backfills", states.size());
    if (window)
        title += ", changes in " + health::describe_window(*window);
    if (title.size() + clock.size() + 2 <= usable)
        title += std::string(usable - title.size() - clock.size(), ' ') + clock;
    std::vector<Line> out{{fit(title, usable, glyphs), Style::strong}};
    for (const Row& row : rows)
        out.push_back(line_of(row, widths, usable, glyphs));
    if (too_many) {
        const std::string more = fmt::format("and {} more not shown", states.size() - shown.size());
        out.insert(out.end() - 1, {fit(more, usable, glyphs), Style::faint});
    }
    return out;
}

} // namespace cli
