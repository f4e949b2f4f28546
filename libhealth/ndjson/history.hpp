#pragma once

#include <model/backfill.hpp>
#include <model/document.hpp>
#include <model/history.hpp>

#include <simdjson.h>

#include <map>

namespace health::ndjson {

/// Gathers the snapshots of a backfill from the documents of a health index.
class HistoryTally {
public:
    HistoryTally(const Backfill& backfill, const Period& period);

    void add(const simdjson::dom::element& document);

    [[nodiscard]] History finish() const;

private:
    struct Sums {
        std::uint64_t snapshots = 0;
        double missing = 0;
        double present = 0;
        double derived = 0;
    };

    const Backfill& backfill_;
    Period period_;
    SnapshotFields fields_;
    std::map<Timestamp, Sums> stretches_;
    std::uint64_t foreign_ = 0;
};

} // namespace health::ndjson
