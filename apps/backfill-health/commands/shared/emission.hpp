#pragma once

#include <base/deadline.hpp>
#include <cli/settings.hpp>
#include <store/spool.hpp>
#include <store/store.hpp>

#include <boost/json/object.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace cli {

/// Where snapshots go: to the health index, or to the spool when it cannot store them.
struct Emission {
    std::string health_index;
    std::optional<health::Spool> spool; ///< none without a home

    /// Stores the snapshots in one write, each of the backfill at its place: the documents that were stored, and none
    /// where there is no snapshot.
    [[nodiscard]] std::vector<Result<std::optional<boost::json::object>>>
    emit(health::Store& store, std::span<const health::Backfill> backfills,
         std::span<const std::optional<health::Snapshot>> snapshots, const health::Deadline& deadline) const;
};

/// In one line, with the numbers as a literal of Python.
std::string describe_emission(const health::Backfill& backfill, const health::Snapshot& snapshot);

Options emission_options();
Emission read_emission(Settings& settings);

} // namespace cli
