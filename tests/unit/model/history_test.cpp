#include "support.hpp"

#include <model/history.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace health;

namespace {

HistoryPoint point(const std::string& ts, double missing = 0, double present = 1, double derived = 1) {
    return {.ts = test::at(ts), .snapshots = 1, .missing = missing, .present = present, .derived = {derived}};
}

} // namespace

TEST_CASE("gaps are whole stretches without a snapshot, also at the end") {
    const History history{
        .points = {point("2025-10-10T10:00:00Z"), point("2025-10-10T11:00:00Z"), point("2025-10-10T14:00:00Z")},
        .foreign = 0};
    CHECK(gaps(history, test::hourly("2025-10-10T05:00:00Z", "2025-10-10T15:59:00Z")) ==
          std::vector<Gap>{{test::at("2025-10-10T12:00:00Z"), test::at("2025-10-10T14:00:00Z")}});
    CHECK(gaps(history, test::hourly("2025-10-10T05:00:00Z", "2025-10-10T16:00:00Z")).back() ==
          Gap{test::at("2025-10-10T15:00:00Z"), test::at("2025-10-10T16:00:00Z")});
    CHECK(gaps({}, test::hourly("2025-10-10T05:00:00Z", "2025-10-10T15:59:00Z")).empty());
}
