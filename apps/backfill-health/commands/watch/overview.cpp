#include <commands/watch/overview.hpp>

#include <base/columns.hpp>
#include <base/time.hpp>
#include <commands/watch/wording.hpp>
#include <report/outlook.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <tuple>
#include <variant>

namespace cli {

using health::align_left;
using health::align_right;
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

std::string time_left_of_missing(const WatchState& state, const Now& now) {
    const auto outlook = state.progress.outlook(now.steady);
    if (const auto* estimate = std::get_if<Progress::Estimate>(&outlook))
        return fmt::format("about {}", describe_left(*estimate));
    return describe_obstacle(std::get<Progress::NoEstimate>(outlook), state.backfill);
}

std::string time_left(const WatchState& state, const Now& now) {
    if (state.snapshot->population() == 0)
        return "no document matches";
    if (state.is_done())
        return state.remark().empty() ? "done" : "done, but " + state.remark();
    const std::string broken = describe_broken(*state.snapshot);
    if (state.snapshot->missing == 0 && !broken.empty())
        return "nothing missing, but " + broken;
    const std::string left = time_left_of_missing(state, now);
    return left.empty() || broken.empty() ? left + broken : left + ", " + broken;
}

void set_numbers(Row& row, const Snapshot& snapshot, Glyphs glyphs) {
    row.bar = progress_bar(snapshot, bar_width, glyphs);
    row.percent = percent_done(snapshot);
    row.missing = fmt::format("{} missing", snapshot.missing);
}

/// Its window is the one of the title, unless it says so.
std::string describe_recent_change(const Progress::Trend& trend, std::string_view window) {
    return describe_window(trend) == window ? health::describe_change(trend.missing) : health::describe_change(trend);
}

Row row_of(const WatchState& state, const Now& now, std::string_view window, Glyphs glyphs) {
    Row out{.name = state.backfill.name};
    if (state.snapshot)
        set_numbers(out, *state.snapshot, glyphs);
    if (state.measuring) {
        out.left = fmt::format("fails since {}: {}", health::to_local(state.measuring->since, now.wall),
                               state.measuring->reason());
        out.style = Style::bad;
    } else if (!state.snapshot) {
        out.left = "measuring";
        out.style = Style::faint;
    } else {
        const auto trend = state.progress.recent_trend();
        out.change = trend && !state.is_done() ? describe_recent_change(*trend, window) : "";
        out.left = time_left(state, now);
        if (state.is_done())
            out.style = state.remark().empty() ? Style::good : Style::warning;
        else if (total_broken(*state.snapshot) > 0)
            out.style = Style::warning;
        if (state.storing) {
            out.left = "storing snapshots fails: " + state.storing->reason();
            out.style = Style::bad;
        }
    }
    return out;
}

/// The time over which most changes were seen, as all are measured together; empty before there is any.
std::string common_window(const std::vector<WatchState>& states) {
    std::map<std::string, std::size_t> counts;
    for (const WatchState& state : states)
        if (const auto trend = state.progress.recent_trend(); trend && !state.measuring && !state.is_done())
            ++counts[describe_window(*trend)];
    const auto most = std::ranges::max_element(counts, {}, [](const auto& each) { return each.second; });
    return most == counts.end() ? "" : most->first;
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

/// Failures first, then by how many are missing; what is done comes last.
auto urgency(const WatchState* state) {
    return std::tuple(!state->measuring, state->is_done(), ~(state->snapshot ? state->snapshot->missing : 0));
}

} // namespace

std::vector<Line> draw_overview(const std::vector<WatchState>& states, const Now& now, Size size, Glyphs glyphs) {
    constexpr std::size_t frame = 3; // the title, the sum, and the row that the cursor stands in
    const std::size_t usable = size.columns - 1;
    std::vector<const WatchState*> shown;
    for (const WatchState& state : states)
        shown.push_back(&state);
    const std::size_t room = std::max<std::size_t>(size.rows, frame + 2) - frame;
    const bool too_many = shown.size() > room;
    if (too_many) {
        std::ranges::stable_sort(shown, {}, urgency);
        shown.resize(room - 1); // a row says what is left out
    }
    const std::string window = common_window(states);
    std::vector<Row> rows;
    for (const WatchState* state : shown)
        rows.push_back(row_of(*state, now, window, glyphs));
    rows.push_back(sum_of(states, glyphs));
    Widths widths;
    for (const Row& row : rows) {
        widths.name = std::max(widths.name, columns_of(row.name));
        widths.missing = std::max(widths.missing, row.missing.size());
        widths.change = std::max(widths.change, row.change.size());
    }
    widths.name = std::min(widths.name, std::max<std::size_t>(usable / 4, 8));

    const std::string clock = health::to_local(now.wall, now.wall);
    std::string title = fmt::format("{} backfills", states.size());
    if (!window.empty())
        title += ", changes in " + window;
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
