#include "support.hpp"

#include <report/history_report.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("a picture is as wide as it has intervals, and 60 at most") {
    History history;
    for (std::uint64_t hour = 0; hour < 200; ++hour)
        history.points.push_back(test::point(test::at("2025-10-10T00:00:00Z") + std::chrono::hours(hour), 200 - hour));
    const auto text = text_history(test::bills(), history, test::hourly("2025-10-10T00:00:00Z", "2025-10-18T08:00:00Z"),
                                   Glyphs::ascii);
    const auto line = text.substr(text.rfind("missing  "));
    CHECK(line.starts_with("missing  ####"));
    CHECK(line.substr(9, 60).find(' ') == std::string::npos);
    CHECK(line.substr(69) == "  200 -> 1\n");
}

TEST_CASE("a field's name does not break the csv") {
    Backfill backfill = test::bills();
    backfill.field = "a,\"b";
    CHECK(csv_history(backfill, {}).starts_with("time,snapshots,missing,\"with_a,\"\"b\","));
}

TEST_CASE("numbers of the JSON are plain decimal digits") {
    const auto period = test::hourly("2025-10-10T00:00:00Z", "2025-10-10T01:00:00Z");
    const auto coverage_of = [&](const Snapshot& snapshot) {
        const History history{.points = {{.begin = period.from, .snapshots = 1, .last = snapshot}}};
        const auto text = json_history(test::bills(), history, period);
        const auto begin = text.find("\"coverage\":") + 11;
        return text.substr(begin, text.find(',', begin) - begin);
    };
    CHECK(coverage_of(test::snapshot(743, 200, 190)) == "0.95");
    CHECK(coverage_of(test::snapshot(743, 200, 200)) == "1");
}
