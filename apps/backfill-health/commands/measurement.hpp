#pragma once

#include <cli/settings.hpp>
#include <model/backfill.hpp>
#include <store/store.hpp>
#include <terminal/console.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace cli {

/// What `validate` and `emit` have in common: one backfill is measured once.
struct Measurement {
    health::Backfill backfill;
    std::shared_ptr<health::Store> store;
    std::chrono::milliseconds timeout;
    bool refresh = false;
    std::optional<std::string> textfile; ///< for node_exporter
};

Options measurement_options();
/// `names` are the other indices that will be asked for.
Measurement read_measurement(Settings& settings, std::vector<std::string> names = {});

/// What the numbers do not make plain is said on stderr, such as an empty population: the wrong index looks just like
/// that.
Result<health::Snapshot> measure(const Measurement& measurement);

/// Whatever came of the measurement, if there is to be a textfile. That it cannot be written is told on stderr, and
/// does not stop the rest: the exit status says it.
ExitStatus write_textfile(const Measurement& measurement, const Result<health::Snapshot>& snapshot);

} // namespace cli
