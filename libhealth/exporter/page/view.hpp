#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>
#include <base/time.hpp>
#include <exporter/page/missing_history.hpp>
#include <model/backfill.hpp>
#include <model/progress.hpp>
#include <model/snapshot.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What the pages for people show, without how it came to be known.
namespace health::exporter {

/// Why measuring a backfill fails.
struct Failure {
    ErrorKind kind{};
    std::string text; ///< of the latest measurement: one line, without secrets
    Timestamp since;  ///< the first measurement that failed after a success, for whatever reason
};

/// One error, however often it came.
struct ErrorEntry {
    ErrorKind kind{};
    std::string text; ///< one line, without secrets
    Timestamp first;
    Timestamp last;
    std::uint64_t times = 0; ///< measurements, not backfills
};

/// A measurement that has ended, of all backfills.
struct Refresh {
    Timestamp ts;
    Clock::duration took{};
    std::size_t backfills = 0;        ///< how many were measured
    std::optional<ErrorKind> failure; ///< the first one
    std::size_t failed = 0;           ///< of these backfills
};

/// What is known of one backfill at one instant.
struct BackfillView {
    Backfill backfill;
    std::optional<Snapshot> snapshot{}; ///< the last good numbers, unless they are too old to be shown
    std::optional<Failure> failure{};   ///< of the latest measurement
    std::optional<Timestamp> last_success{};
    MissingHistory history{};
    std::optional<Progress::Trend> change{}; ///< in the last minute or so
    Progress::Outlook outlook = Progress::NoEstimate{.reason = Progress::Reason::too_little_seen};
};

/// What the exporter knows at one instant: all that the pages show. The journal makes it.
struct View {
    std::vector<BackfillView> backfills{};
    std::uint64_t succeeded = 0; ///< measurements since the start
    std::uint64_t failed = 0;
    std::vector<Refresh> refreshes{};                   ///< the last ones, newest first
    std::vector<ErrorEntry> errors{};                   ///< the last ones, newest first
    std::string no_history{};                           ///< why the health index could not be read, if it could not
    std::string bad_configuration{};                    ///< why the configuration file is not in force, if it is not
    Clock::time_point until = Clock::time_point::max(); ///< when numbers become too old to be shown
};

} // namespace health::exporter
