#include <cli/appearance.hpp>
#include <cli/options.hpp>
#include <commands/commands.hpp>
#include <report/history_report.hpp>
#include <terminal/terminal.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cli {

namespace {

const Option since{"since", "TIME", "", "7d", "how far to look back"};
const Option every{"every", "TIME", "", "1h", "a row for every so long: its last snapshot"};
const Option as_csv{"csv", "", "", "", "print comma-separated values"};

enum class Form { text, json, csv };

Result<Form> read_form(const Arguments& arguments) {
    if (arguments.has(options::json) && arguments.has(as_csv))
        return Error{ErrorKind::usage, "--json and --csv are both given", "choose one"};
    if (arguments.has(options::json))
        return Form::json;
    return arguments.has(as_csv) ? Form::csv : Form::text;
}

Result<health::Period> read_period(const Arguments& arguments) {
    const auto back = read_duration(arguments, since);
    if (!back)
        return back.error();
    const auto step = read_duration(arguments, every);
    if (!step)
        return step.error();
    constexpr auto second = std::chrono::milliseconds(1000);
    for (const auto& [option, value] : {std::pair(&since, *back), std::pair(&every, *step)})
        if (value < second || value % second != std::chrono::milliseconds(0))
            return Error{ErrorKind::usage, fmt::format("{} must be whole seconds, and at least one", describe(*option)),
                         ""};
    const auto now = health::now_in_seconds();
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(*back);
    return health::Period{.from = std::max(now - seconds, health::Timestamp()),
                          .to = now + std::chrono::seconds(1),
                          .every = std::chrono::duration_cast<std::chrono::seconds>(*step)};
}

Result<Action> setup(const Arguments& arguments) {
    auto backfill = read_backfill(arguments);
    if (!backfill)
        return backfill.error();
    auto health_index = read_health_index(arguments);
    if (!health_index)
        return health_index.error();
    const auto period = read_period(arguments);
    if (!period)
        return period.error();
    const auto form = read_form(arguments);
    if (!form)
        return form.error();
    const auto timeout = read_timeout(arguments);
    if (!timeout)
        return timeout.error();
    auto opened = open_store(arguments, {*health_index});
    if (!opened)
        return opened.error();
    return Action([backfill = *std::move(backfill), health_index = *std::move(health_index), period = *period,
                   form = *form, glyphs = read_glyphs(arguments), timeout = *timeout,
                   store = std::shared_ptr<health::Store>(*std::move(opened))] {
        const auto history = store->history(health_index, {&backfill, 1}, period, health::Deadline::after(timeout)).front();
        if (!history)
            return report(history.error());
        if (history->foreign > 0)
            complain(
                fmt::format("documents of {} that are no snapshots, and left out: {}", health_index, history->foreign));
        const std::string text = form == Form::json  ? json_history(backfill, *history, period) + "\n"
                                 : form == Form::csv ? csv_history(backfill, *history)
                                                     : text_history(backfill, *history, period, glyphs);
        const auto printed = print(text);
        return printed ? done : report(printed.error());
    });
}

} // namespace

Command history_command() {
    return {.name = "history",
            .summary = "show the snapshots of the health index as a table and a line",
            .description = "A row for every --every, which is its last snapshot, the times that have none, and "
                           "a line of what was missing.",
            .options = Options{&since, &every, &options::json, &as_csv, &options::health_index} + backfill_options() +
                       store_options(),
            .examples = {{"the last week by the hour", "backfill-health history"},
                         {"the last three days in a spreadsheet",
                          "backfill-health history --since 3d --every 6h --csv > history.csv"}},
            .setup = setup};
}

} // namespace cli
