#include "support.hpp"

#include <model/history.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace health;

TEST_CASE("gaps are whole intervals without a snapshot, also at the end") {
    const History history{.points = {test::point(test::at("2025-10-10T10:00:00Z")),
                                     test::point(test::at("2025-10-10T11:00:00Z")),
                                     test::point(test::at("2025-10-10T14:00:00Z"))},
                          .foreign = 0};
    CHECK(gaps(history, test::hourly("2025-10-10T05:00:00Z", "2025-10-10T15:59:00Z")) ==
          std::vector<Gap>{{test::at("2025-10-10T12:00:00Z"), test::at("2025-10-10T14:00:00Z")}});
    CHECK(gaps(history, test::hourly("2025-10-10T05:00:00Z", "2025-10-10T16:00:00Z")).back() ==
          Gap{test::at("2025-10-10T15:00:00Z"), test::at("2025-10-10T16:00:00Z")});
    CHECK(gaps({}, test::hourly("2025-10-10T05:00:00Z", "2025-10-10T15:59:00Z")).empty());
}
