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

using Measured = std::vector<Result<health::Snapshot>>; ///< one for each backfill

Options measurement_options();
/// `names` are the other indices that will be asked for.
Measurement read_measurement(Settings& settings, std::vector<std::string> names = {});

/// What the numbers do not make plain is said on stderr, such as an empty population: the wrong index looks just like
/// that.
Measured measure(const Measurement& measurement);

/// Whatever came of the measurement, if there is to be a textfile. That it cannot be written is told on stderr, and
/// does not stop the rest: the exit status says it.
ExitStatus write_textfile(const Measurement& measurement, const Measured& measured);

/// A line on stderr for each failure, which names its backfill where there are several; failures of the same words, as
/// of an engine that cannot be reached, are one. The worst exit status of them.
ExitStatus report_failures(const std::vector<health::Backfill>& backfills,
                           const std::vector<std::optional<Error>>& failures);

/// The errors among the results.
template <class T>
std::vector<std::optional<Error>> failures_of(const std::vector<Result<T>>& results) {
    std::vector<std::optional<Error>> out;
    for (const Result<T>& result : results)
        out.push_back(result ? std::nullopt : std::optional(result.error()));
    return out;
}

} // namespace cli
