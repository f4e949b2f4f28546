#pragma once

#include <model/breakdown.hpp>
#include <ndjson/tally.hpp>

#include <map>

namespace health::ndjson {

/// Counts the documents of a backfill's population by group.
class BreakdownTally {
public:
    BreakdownTally(const Backfill& backfill, const Grouping& grouping);

    void add(const simdjson::dom::object& line);
    /// The documents of another tally of the same backfill by the same grouping.
    BreakdownTally& operator+=(const BreakdownTally& other);

    [[nodiscard]] Result<Breakdown> finish() const;

private:
    struct Counts {
        std::uint64_t missing = 0;
        std::uint64_t documents = 0;
    };

    Membership population_;
    Grouping grouping_;
    FieldTrie field_; ///< of the grouping
    std::map<std::string, Counts> groups_;
    Counts without_value_;
    std::uint64_t unreadable_ = 0;
};

} // namespace health::ndjson
