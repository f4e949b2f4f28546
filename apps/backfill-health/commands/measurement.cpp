#include <commands/measurement.hpp>

#include <base/files.hpp>
#include <cli/backfill.hpp>
#include <cli/connection.hpp>
#include <cli/options.hpp>
#include <cli/store.hpp>
#include <exposition/textfile.hpp>
#include <model/names.hpp>

#include <fmt/format.h>

#include <sys/types.h>

namespace cli {

namespace {

const Option textfile{.name = "textfile",
                      .argument = "FILE.prom",
                      .help = "write the metrics for node_exporter's textfile collector",
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
    return backfill_options() + Options{&options::refresh, &textfile} + store_options();
}

Measurement read_measurement(Settings& settings, std::vector<std::string> names) {
    Measurement out{.backfill = read_backfill(settings),
                    .store = {},
                    .timeout = read_timeout(settings),
                    .refresh = settings.has_flag(options::refresh),
                    .textfile = read_textfile(settings)};
    names.push_back(out.backfill.index);
    out.store = read_store(settings, names);
    return out;
}

Result<health::Snapshot> measure(const Measurement& measurement) {
    const auto& [backfill, store, timeout, refresh, path] = measurement;
    const auto deadline = health::Deadline::after(timeout);
    if (refresh)
        if (const auto refreshed = store->refresh({&backfill, 1}, deadline).front(); !refreshed)
            return refreshed.error();
    auto snapshot = store->measure({&backfill, 1}, deadline).front();
    if (const std::string said = snapshot ? remark(backfill, *snapshot) : ""; !said.empty())
        complain(said);
    return snapshot;
}

ExitStatus write_textfile(const Measurement& measurement, const Result<health::Snapshot>& snapshot) {
    if (!measurement.textfile)
        return done;
    const std::string& path = *measurement.textfile;
    const auto previous = health::read_file(path); // none before the first time
    const std::string text = health::exposition::render_textfile({&measurement.backfill, 1}, {&snapshot, 1},
                                                                 previous ? *previous : std::string());
    const auto written = health::replace_file(path, text, readable_by_all);
    if (written)
        return done;
    // A failure is told in one line, and the measurement's says more.
    return snapshot ? report(written.error()) : failed;
}

} // namespace cli
