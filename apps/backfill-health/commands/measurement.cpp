#include <commands/measurement.hpp>

#include <base/files.hpp>
#include <cli/options.hpp>
#include <exposition/textfile.hpp>
#include <model/names.hpp>

#include <fmt/format.h>

#include <sys/types.h>

namespace cli {

namespace {

const Option textfile{"textfile", "FILE.prom", "", "", "write the metrics for node_exporter's textfile collector"};

constexpr mode_t readable_by_all = 0644; // node_exporter has a user of its own

Result<std::optional<std::string>> read_textfile(const Arguments& arguments) {
    auto path = arguments.flag(textfile);
    if (path && !path->ends_with(".prom"))
        return Error{ErrorKind::usage, fmt::format("--textfile {}: node_exporter reads only files named *.prom", *path),
                     ""};
    return path;
}

} // namespace

Options measurement_options() {
    return backfill_options() + Options{&options::refresh, &textfile} + store_options();
}

Result<Measurement> read_measurement(const Arguments& arguments, std::vector<std::string> names) {
    auto backfill = read_backfill(arguments);
    if (!backfill)
        return backfill.error();
    const auto timeout = read_timeout(arguments);
    if (!timeout)
        return timeout.error();
    auto path = read_textfile(arguments);
    if (!path)
        return path.error();
    names.push_back(backfill->index);
    auto store = open_store(arguments, names);
    if (!store)
        return store.error();
    return Measurement{.backfill = *std::move(backfill),
                       .store = *std::move(store),
                       .timeout = *timeout,
                       .refresh = arguments.has(options::refresh),
                       .textfile = *std::move(path)};
}

Result<health::Snapshot> measure(const Measurement& measurement) {
    const auto& [backfill, store, timeout, refresh, path] = measurement;
    const auto deadline = health::Deadline::after(timeout);
    if (refresh)
        if (const auto refreshed = store->refresh({&backfill, 1}, deadline); !refreshed)
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
