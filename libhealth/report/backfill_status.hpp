#pragma once

#include <model/backfill.hpp>
#include <model/progress.hpp>
#include <model/snapshot.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

namespace health {

/// That new documents arrive without the field, or what remark() says.
std::string remark_on_arrivals(const Backfill& backfill, const Snapshot& snapshot);

/// What an overview of several backfills says about one of them; each overview draws it in its own way.
struct BackfillStatus {
    enum class State {
        failing,      ///< the latest measurement failed
        not_measured, ///< yet
        empty,        ///< no document matches
        done,
        only_rules_broken, ///< and nothing is missing
        unfinished,
    };
    State state = State::not_measured;
    std::uint64_t missing = 0;  ///< by the last good numbers
    std::string remark{};       ///< of one that is done; empty when there is nothing to say
    std::string time_left{};    ///< of an unfinished one, or why it is not known; empty when it is too early
    std::string broken_rules{}; ///< of one that is neither failing nor done; empty when none is broken

    /// What an overview says of one that does not fail, in two parts: "about 4m left, " and "3 break due_date >=
    /// created". Both are empty when it is too early to say anything.
    struct Conclusion {
        std::string text;
        std::string warning;
    };
    [[nodiscard]] Conclusion conclusion() const;

    /// To be sorted by, the most urgent first: failures, then the most missing; what is done comes last.
    [[nodiscard]] std::tuple<bool, bool, std::uint64_t> urgency() const;
};

BackfillStatus::State state_of(const std::optional<Snapshot>& snapshot, bool failing);

/// `snapshot` has the last good numbers.
BackfillStatus status_of(const Backfill& backfill, const std::optional<Snapshot>& snapshot,
                         const Progress::Outlook& outlook, bool failing);

} // namespace health
