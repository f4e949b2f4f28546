#pragma once

#include <model/breakdown.hpp>
#include <ndjson/matcher.hpp>

#include <map>

namespace health::ndjson {

/// Counts the documents of a backfill's population by group.
class BreakdownTally {
public:
    BreakdownTally(const Backfill& backfill, const Grouping& grouping) : population_(backfill), grouping_(grouping) {}

    void add(const simdjson::dom::element& document);

    [[nodiscard]] Result<Breakdown> finish() const;

private:
    struct Counts {
        std::uint64_t missing = 0;
        std::uint64_t documents = 0;
    };

    Tally population_;
    Grouping grouping_;
    std::map<std::string, Counts> groups_;
    Counts without_value_;
    std::uint64_t unreadable_ = 0;
};

} // namespace health::ndjson
