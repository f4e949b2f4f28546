#include <commands/watch/display.hpp>

#include <base/time.hpp>
#include <commands/watch/overview.hpp>
#include <commands/watch/records.hpp>
#include <commands/watch/view.hpp>
#include <terminal/console.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <unistd.h>

namespace cli {

Result<void> WatchDisplay::refresh(const std::vector<WatchState>& states) {
    if (!is_screen() || is_quiet())
        return {};
    const Size size = terminal_size(STDOUT_FILENO);
    constexpr std::size_t narrowest = 10;
    const std::size_t columns = std::max(size.columns, narrowest);
    const auto now = health::ClockReading::now();
    const auto lines = states.size() == 1 ? draw_watch(states.front(), now, columns, settings_.glyphs)
                                          : draw_overview(states, now, {columns, size.rows}, settings_.glyphs);
    return print(canvas_.draw(lines, size));
}

Result<void> WatchDisplay::add_lines(const std::vector<const WatchState*>& states) const {
    if (is_screen() || states.empty())
        return {};
    const auto now = health::ClockReading::now();
    std::string out;
    for (const WatchState* state : states)
        out += settings_.output == WatchSettings::Output::json
                   ? watch_json(*state, now)
                   : watch_text(*state, now, settings_.backfills.size() > 1 ? Named::yes : Named::no);
    return print(out);
}

void WatchDisplay::report_outage(std::string_view what, const Outage& outage) const {
    report(fmt::format("{} has failed since {}: {}", what, health::to_rfc3339(outage.since), outage.reason()));
}

void WatchDisplay::report_recovery(std::string_view what, health::Timestamp since, health::Timestamp now) const {
    report(fmt::format("{} works again as of {}, after failing for {}", what, health::to_rfc3339(now),
                       health::in_words(std::max(now - since, std::chrono::seconds(0)))));
}

void WatchDisplay::report(const std::string& line) const {
    if (!is_screen() || is_quiet())
        complain(line);
}

void WatchDisplay::leave() {
    static_cast<void>(print(canvas_.leave()));
}

} // namespace cli
