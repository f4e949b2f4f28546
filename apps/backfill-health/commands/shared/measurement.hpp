#pragma once

#include <cli/settings.hpp>
#include <model/backfill.hpp>
#include <store/store.hpp>
#include <terminal/console.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace cli {

/// The part that `validate` and `emit` share: measuring the backfills once.
struct Measurement {
    std::vector<health::Backfill> backfills;
    std::shared_ptr<health::Store> store;
    std::chrono::milliseconds timeout;
    bool refresh = false;
    std::optional<std::string> textfile; ///< for node_exporter
};

using MeasuredSnapshots = std::vector<Result<health::Snapshot>>; ///< one for each backfill

Options measurement_options();
/// `names` are the other indices that will be asked for.
Measurement read_measurement(Settings& settings, std::vector<std::string> names = {});

/// Prints a remark on stderr where the numbers alone would mislead: an empty population may mean the wrong index.
MeasuredSnapshots measure(const Measurement& measurement);

/// Writes the textfile, if one was asked for, whether or not the measurement succeeded. A write failure is reported on
/// stderr and in the exit status, and stops nothing else.
ExitStatus write_textfile(const Measurement& measurement, const MeasuredSnapshots& measured);

/// Prints a line on stderr for each failure, with the name of its backfill where there are several; equal failures,
/// such as an unreachable engine, share one. Returns the worst exit status.
ExitStatus report_failures(const std::vector<health::Backfill>& backfills,
                           const std::vector<std::optional<Error>>& failures);

/// The values among the results.
template <class T>
std::vector<std::optional<T>> values_of(const std::vector<Result<T>>& results) {
    std::vector<std::optional<T>> out;
    for (const Result<T>& result : results)
        out.push_back(result ? std::optional(*result) : std::nullopt);
    return out;
}

/// The errors among the results.
template <class T>
std::vector<std::optional<Error>> failures_of(const std::vector<Result<T>>& results) {
    std::vector<std::optional<Error>> out;
    for (const Result<T>& result : results)
        out.push_back(result ? std::nullopt : std::optional(result.error()));
    return out;
}

} // namespace cli
