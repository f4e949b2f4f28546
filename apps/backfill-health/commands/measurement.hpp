#pragma once

#include "arguments.hpp"

#include <health/backfill.hpp>
#include <health/store.hpp>

#include <chrono>
#include <memory>

namespace cli {

/// What `validate` and `emit` have in common: one backfill is measured once.
struct Measurement {
    health::Backfill backfill;
    std::shared_ptr<health::Store> store;
    std::chrono::milliseconds timeout;
    bool refresh = false;
};

Options measurement_options();
/// `names` are the other indices that will be asked for.
Result<Measurement> read_measurement(const Arguments& arguments, std::vector<std::string> names = {});

/// Tells on stderr when the population is empty: the wrong index or category looks just like that.
Result<health::Snapshot> measure(const Measurement& measurement);

} // namespace cli
