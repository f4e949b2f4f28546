#include <cli/appearance.hpp>
#include <cli/backfill.hpp>
#include <cli/connection.hpp>
#include <cli/options.hpp>
#include <cli/store.hpp>
#include <commands/commands.hpp>
#include <report/history_report.hpp>
#include <terminal/terminal.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cli {

namespace {

const Option since{.name = "since", .argument = "TIME", .fallback = "7d", .help = "how far to look back"};
const Option every{
    .name = "every", .argument = "TIME", .fallback = "1h", .help = "period of a row, which shows its last snapshot"};
const Option as_csv{.name = "csv", .help = "print comma-separated values", .group = OptionGroup::output};

enum class Form { text, json, csv };

Form read_form(Settings& settings) {
    settings.refuse_both(options::json, as_csv);
    if (settings.has_flag(options::json))
        return Form::json;
    return settings.has_flag(as_csv) ? Form::csv : Form::text;
}

std::chrono::seconds read_seconds(Settings& settings, const Option& option) {
    constexpr auto second = std::chrono::milliseconds(1000);
    const auto value = settings.duration(option);
    if (value < second || value % second != std::chrono::milliseconds(0))
        settings.fail(option, "must be whole seconds, and at least one");
    return std::chrono::duration_cast<std::chrono::seconds>(value);
}

health::Period read_period(Settings& settings) {
    const auto now = health::now_in_seconds();
    return {.from = std::max(now - read_seconds(settings, since), health::Timestamp()),
            .to = now + std::chrono::seconds(1),
            .every = read_seconds(settings, every)};
}

Action setup(Settings& settings) {
    const health::Backfill backfill = read_backfill(settings);
    const std::string health_index = read_health_index(settings);
    const health::Period period = read_period(settings);
    const Form form = read_form(settings);
    const health::Glyphs glyphs = read_glyphs(settings);
    const auto timeout = read_timeout(settings);
    const auto store = read_store(settings, {health_index});
    return [=] {
        const auto history =
            store->history(health_index, {&backfill, 1}, period, health::Deadline::after(timeout)).front();
        if (!history)
            return report(history.error());
        if (history->foreign > 0)
            complain(
                fmt::format("documents of {} that are no snapshots, and left out: {}", health_index, history->foreign));
        const std::string text = form == Form::json  ? json_history(backfill, *history, period) + "\n"
                                 : form == Form::csv ? csv_history(backfill, *history, period)
                                                     : text_history(backfill, *history, period, glyphs);
        const auto printed = print(text);
        return printed ? done : report(printed.error());
    };
}

} // namespace

Command history_command() {
    return {.name = "history",
            .summary = "show the snapshots of the health index as a table and a chart",
            .description = "Prints a row for each period of --every, which is its last snapshot; the gaps, which have "
                           "none; and a line chart of what was missing.",
            .options = Options{&since, &every, &options::json, &as_csv, &options::health_index} + backfill_options() +
                       store_options(),
            .examples = {{"the last week by the hour", "backfill-health history"},
                         {"the last three days in a spreadsheet",
                          "backfill-health history --since 3d --every 6h --csv > history.csv"}},
            .setup = setup};
}

} // namespace cli
