#pragma once

#include <cli/settings.hpp>
#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace cli {

/// The conditions that decide the exit status of `validate`.
struct Judgement {
    std::optional<std::uint64_t> max_missing;
    std::optional<double> min_coverage;
    bool thresholds = false; ///< those of the backfill decide where no flag does
    bool no_regression = false;
    bool by_verdict = false;

    /// A sentence for each condition that does not hold.
    [[nodiscard]] std::vector<std::string> unmet(const health::Backfill& backfill,
                                                 const std::optional<health::Snapshot>& before,
                                                 const health::Snapshot& now) const;
};

Options judgement_options();
Judgement read_judgement(Settings& settings, const std::vector<health::Backfill>& backfills);

} // namespace cli
