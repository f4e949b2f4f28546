#pragma once

#include <model/backfill.hpp>
#include <model/history.hpp>
#include <model/names.hpp>

#include <simdjson.h>

#include <map>
#include <vector>

namespace health::ndjson {

/// Gathers the snapshots of a backfill from the documents of a health index.
class HistoryTally {
public:
    HistoryTally(const Backfill& backfill, const Period& period);

    void add(const simdjson::dom::object& document);

    [[nodiscard]] History finish() const;

private:
    const Backfill& backfill_;
    Period period_;
    std::vector<NumberName> names_;
    std::map<Timestamp, HistoryPoint> intervals_; ///< by their beginnings
    std::uint64_t foreign_ = 0;
};

} // namespace health::ndjson
