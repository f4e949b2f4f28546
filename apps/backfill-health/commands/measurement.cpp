#include "commands/measurement.hpp"

#include "console.hpp"
#include "options.hpp"

#include <fmt/format.h>

namespace cli {

Options measurement_options() {
    return backfill_options() + Options{&options::refresh} + store_options();
}

Result<Measurement> read_measurement(const Arguments& arguments, std::vector<std::string> names) {
    auto backfill = read_backfill(arguments);
    if (!backfill)
        return backfill.error();
    const auto timeout = read_timeout(arguments);
    if (!timeout)
        return timeout.error();
    names.push_back(backfill->index);
    auto store = open_store(arguments, names);
    if (!store)
        return store.error();
    return Measurement{.backfill = *std::move(backfill),
                       .store = *std::move(store),
                       .timeout = *timeout,
                       .refresh = arguments.has(options::refresh)};
}

Result<health::Snapshot> measure(const Measurement& measurement) {
    const auto& [backfill, store, timeout, refresh] = measurement;
    const auto deadline = health::Deadline::after(timeout);
    if (refresh)
        if (const auto refreshed = store->refresh({&backfill, 1}, deadline); !refreshed)
            return refreshed.error();
    auto snapshot = store->measure({&backfill, 1}, deadline).front();
    if (snapshot && snapshot->missing + snapshot->present == 0)
        complain(fmt::format("no document matches {} in {}", describe_population(backfill), backfill.index));
    return snapshot;
}

} // namespace cli
