#include <commands/shared/measurement.hpp>

#include <base/files.hpp>
#include <base/keyed_group.hpp>
#include <base/text.hpp>
#include <cli/backfill.hpp>
#include <cli/connection.hpp>
#include <cli/options.hpp>
#include <cli/report.hpp>
#include <cli/store.hpp>
#include <exposition/textfile.hpp>
#include <model/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <ranges>
#include <sys/types.h>

namespace cli {

namespace {

const Option textfile{.name = "textfile",
                      .argument = "FILE.prom",
                      .help = "write the metrics for the textfile collector of node_exporter",
                      .group = OptionGroup::output};

constexpr mode_t readable_by_all = 0644; // node_exporter has a user of its own

std::optional<std::string> read_textfile(Settings& settings) {
    auto path = settings.optional_text(textfile);
    if (path && !path->ends_with(".prom"))
        settings.fail(textfile, fmt::format("{}: node_exporter reads only files named *.prom", *path));
    return path;
}

} // namespace

Options measurement_options() {
    return backfill_options() + Options{&options::refresh, &textfile} + measuring_options();
}

Measurement read_measurement(Settings& settings, std::vector<std::string> names) {
    Measurement out{.backfills = read_backfills(settings, settings.words()),
                    .store = {},
                    .timeout = read_timeout(settings),
                    .refresh = settings.has_flag(options::refresh),
                    .textfile = read_textfile(settings)};
    out.store = read_store(settings, out.backfills, std::move(names));
    return out;
}

MeasuredSnapshots measure(const Measurement& measurement) {
    const auto& [backfills, store, timeout, refresh, path] = measurement;
    const auto deadline = health::Deadline::after(timeout);
    const auto refreshed = refresh ? store->refresh(backfills, deadline) : std::vector<Result<void>>();
    MeasuredSnapshots out = store->measure(backfills, deadline);
    for (std::size_t i = 0; i < out.size(); ++i) {
        if (refresh && !refreshed[i])
            out[i] = refreshed[i].error();
        if (const std::string note = out[i] ? remark(backfills[i], *out[i]) : ""; !note.empty())
            complain(note);
    }
    return out;
}

ExitStatus write_textfile(const Measurement& measurement, const MeasuredSnapshots& measured) {
    if (!measurement.textfile)
        return done;
    const std::string& path = *measurement.textfile;
    const auto previous = health::read_file(path); // none before the first time
    const std::string text =
        health::exposition::render_textfile(measurement.backfills, measured, previous ? *previous : std::string());
    const auto written = health::replace_file(path, text, readable_by_all);
    if (written)
        return done;
    // A failure is reported in one line, and the one of a measurement says more.
    const bool all_failed = std::ranges::none_of(measured, [](const auto& each) { return each.has_value(); });
    return all_failed ? failed : report(written.error());
}

ExitStatus report_failures(const std::vector<health::Backfill>& backfills,
                           const std::vector<std::optional<Error>>& failures) {
    std::vector<health::KeyedGroup<Error, std::size_t>> groups;
    for (std::size_t i = 0; i < failures.size(); ++i)
        if (failures[i])
            add_to_group(groups, *failures[i], i);
    ExitStatus status = done;
    for (const auto& [error, members] : groups) {
        const bool of_all = members.size() == backfills.size();
        const auto names = members | std::views::transform([&](std::size_t i) { return backfills[i].name; });
        status = std::max(status, report(of_all ? error : with_context(health::join(names, ", "), error)));
    }
    return status;
}

} // namespace cli
