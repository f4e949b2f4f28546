#include "support.hpp"

#include <report/history_report.hpp>

#include <doctest/doctest.h>

using namespace health;

namespace {

const Period day = test::hourly("2025-10-10T00:00:00Z", "2025-10-11T00:00:00Z");

/// The last snapshots of these hours of that day.
History hours(std::initializer_list<std::pair<int, std::uint64_t>> missing) {
    History out;
    for (const auto& [hour, count] : missing)
        out.points.push_back(test::point(day.from + std::chrono::hours(hour), count));
    return out;
}

std::string text(const History& history, const Period& period = day) {
    return text_history(test::bills(), history, period, Glyphs::ascii);
}

} // namespace

TEST_CASE("a row has the last snapshot of its interval, at its own time") {
    CHECK(text(hours({{20, 1243}, {21, 7}, {22, 7}, {23, 9}})) ==
          R"(time                  missing  with dates  with expires_at  coverage  change
2025-10-10T20:30:00Z     1243           1                1   100.0 %
2025-10-10T21:30:00Z        7           1                1   100.0 %   -1236
2025-10-10T22:30:00Z        7           1                1   100.0 %       0
2025-10-10T23:30:00Z        9           1                1   100.0 %      +2

missing  #___  1243 -> 9
)");
}

TEST_CASE("one snapshot is a row, and a line without a change") {
    CHECK(text(hours({{23, 0}})).ends_with("\n\nmissing  _  0\n"));
    CHECK(text(hours({{23, 743}})).ends_with("\n\nmissing  #  743\n"));
}

TEST_CASE("a gap is said, and blank in the line, and one at the end is said, too") {
    const auto shown = text(hours({{10, 8}, {11, 6}, {14, 4}, {16, 2}}));
    CHECK(shown.find("2025-10-10T11:30:00Z        6           1                1   100.0 %      -2\n"
                     "no snapshot between 2025-10-10T12:00:00Z and 2025-10-10T14:00:00Z\n"
                     "2025-10-10T14:30:00Z") != std::string::npos);
    CHECK(shown.ends_with("no snapshot between 2025-10-10T17:00:00Z and 2025-10-11T00:00:00Z\n"
                          "\nmissing  #+  = :  8 -> 2\n"));
}

TEST_CASE("a backfill with several derived fields has a column each, and one without has no coverage") {
    Backfill backfill = test::invoices();
    backfill.derived = {"paid_at", "reminded_at"};
    History history = hours({{23, 3}});
    history.points.front().last.derived = {1, 0};
    const auto shown = text_history(backfill, history, day, Glyphs::ascii);
    CHECK(shown.starts_with("time                  missing  with due_date  with paid_at  with reminded_at  coverage"));
    CHECK(
        csv_history(backfill, history, day).ends_with("coverage,change\r\n2025-10-10T23:30:00Z,1,3,1,1,0,0.0000,\r\n"));

    backfill.derived.clear();
    history.points.front().last.derived.clear();
    CHECK(csv_history(backfill, history, day) == "time,snapshots,missing,with_due_date,coverage,change\r\n"
                                                 "2025-10-10T23:30:00Z,1,3,1,,\r\n");
}

TEST_CASE("in CSV a gap is a row without numbers, which have plain digits") {
    CHECK(csv_history(test::bills(), hours({{20, 12345678}, {23, 0}}), day) ==
          "time,snapshots,missing,with_dates,with_expires_at,coverage,change\r\n"
          "2025-10-10T20:30:00Z,1,12345678,1,1,1.0000,\r\n"
          "2025-10-10T21:00:00Z,0,,,,,\r\n"
          "2025-10-10T23:30:00Z,1,0,1,1,1.0000,-12345678\r\n");
}

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
    CHECK(csv_history(backfill, {}, {}).starts_with("time,snapshots,missing,\"with_a,\"\"b\","));
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
    CHECK(coverage_of(test::snapshot(743, 21, 20)) == "0.9524");
}
