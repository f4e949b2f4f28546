#pragma once

#include <base/deadline.hpp>
#include <cli/settings.hpp>
#include <store/spool.hpp>
#include <store/store.hpp>

#include <optional>
#include <string>

namespace cli {

/// Where snapshots go: the health index, and the spool for those that it cannot take.
struct Emission {
    std::string health_index;
    std::optional<health::Spool> spool; ///< none without a home

    /// The document of the snapshot that was stored.
    [[nodiscard]] Result<std::string> emit(health::Store& store, const health::Backfill& backfill,
                                           const health::Snapshot& snapshot, const health::Deadline& deadline) const;
};

Options emission_options();
Emission read_emission(Settings& settings);

} // namespace cli
