#include <cli/appearance.hpp>
#include <cli/backfill.hpp>
#include <cli/connection.hpp>
#include <cli/options.hpp>
#include <cli/report.hpp>
#include <cli/store.hpp>
#include <commands/commands.hpp>
#include <commands/shared/measurement.hpp>
#include <report/history_report.hpp>
#include <terminal/terminal.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cli {

namespace {

const Option since{.name = "since", .argument = "TIME", .fallback = "7d", .help = "how far to look back"};
const Option every{.name = "every",
                   .argument = "TIME",
                   .fallback = "1h",
                   .help = "interval that each row covers; the row shows its last snapshot"};
const Option as_csv{.name = "csv", .help = "print comma-separated values", .group = OptionGroup::output};

enum class HistoryFormat { text, json, csv };

HistoryFormat read_format(Settings& settings) {
    settings.refuse_both(options::json, as_csv);
    if (settings.has_flag(options::json))
        return HistoryFormat::json;
    return settings.has_flag(as_csv) ? HistoryFormat::csv : HistoryFormat::text;
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

struct Histories {
    std::vector<health::Backfill> backfills;
    std::string health_index;
    health::Period period;
    HistoryFormat format;
    health::Glyphs glyphs;
    std::chrono::milliseconds timeout;
    std::shared_ptr<health::Store> store;
};

/// In JSON a line each, and in the other forms a block, with an empty line between two.
std::string render(const Histories& wanted, const health::Backfill& backfill, const health::History& history) {
    switch (wanted.format) {
    case HistoryFormat::json:
        return json_history(backfill, history, wanted.period) + "\n";
    case HistoryFormat::csv:
        return csv_history(backfill, history, wanted.period, wanted.backfills.size() > 1);
    case HistoryFormat::text:
        break;
    }
    const std::string heading = wanted.backfills.size() > 1 ? backfill.name + "\n" : std::string();
    return heading + text_history(backfill, history, wanted.period, wanted.glyphs);
}

ExitStatus show(const Histories& wanted) {
    const auto histories = wanted.store->history(wanted.health_index, wanted.backfills, wanted.period,
                                                 health::Deadline::after(wanted.timeout));
    std::string text;
    std::uint64_t foreign = 0;
    for (std::size_t i = 0; i < histories.size(); ++i) {
        if (!histories[i])
            continue;
        if (!text.empty() && wanted.format != HistoryFormat::json)
            text += "\n";
        text += render(wanted, wanted.backfills[i], *histories[i]);
        foreign = std::max(foreign, histories[i]->foreign);
    }
    if (foreign > 0)
        complain(
            fmt::format("documents of {} ignored because they are not snapshots: {}", wanted.health_index, foreign));
    if (!text.empty())
        if (const auto printed = print(text); !printed)
            return report(printed.error());
    return report_failures(wanted.backfills, failures_of(histories));
}

Action setup_history(Settings& settings) {
    Histories wanted{.backfills = read_backfills(settings, settings.words()),
                     .health_index = read_health_index(settings),
                     .period = read_period(settings),
                     .format = read_format(settings),
                     .glyphs = read_glyphs(settings),
                     .timeout = read_timeout(settings),
                     .store = {}};
    wanted.store = read_store(settings, {wanted.health_index});
    return [=] { return show(wanted); };
}

} // namespace

Command history_command() {
    return {.name = "history",
            .summary = "show the snapshots of the health index as a table and a chart",
            .description =
                "Prints a row for each interval of --every with its last snapshot, the gaps between them, and "
                "a line chart of what was missing.",
            .options = Options{&since, &every, &options::json, &as_csv, &options::health_index} + backfill_options() +
                       store_options(),
            .takes_names = true,
            .examples = {{"the last week by the hour", "backfill-health history"},
                         {"the last three days in a spreadsheet",
                          "backfill-health history --since 3d --every 6h --csv > history.csv"}},
            .setup = setup_history};
}

} // namespace cli
