#include <ndjson/history.hpp>
#include <ndjson/line_parser.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <support.hpp>
#include <vector>

using namespace health;
using namespace health::ndjson;
using test::at;

namespace {

const Period day = test::hourly("2025-10-10T00:00:00Z", "2025-10-11T00:00:00Z");

History history(const Backfill& backfill, const Period& period, const std::vector<std::string>& lines) {
    HistoryTally tally(backfill, period);
    LineParser parser;
    for (const std::string& line : lines)
        tally.add(parser.parse(simdjson::padded_string(line)).get_object().value());
    return tally.finish();
}

/// A snapshot of bills, as `emit` writes it.
std::string bills(std::string_view ts, std::uint64_t missing = 1) {
    return fmt::format(R"({{"index":"gmail_emails_v2","missing":{},"with_dates":20,"with_expires_at":18,"ts":"{}"}})",
                       missing, ts);
}

std::string invoices(std::string_view ts, std::string_view numbers) {
    return fmt::format(R"({{"backfill":"invoices","index":"orders",{},"ts":"{}"}})", numbers, ts);
}

std::vector<std::uint64_t> missing_of(const History& history) {
    std::vector<std::uint64_t> out;
    for (const HistoryPoint& point : history.points)
        out.push_back(point.last.missing);
    return out;
}

} // namespace

TEST_CASE("of an interval the last snapshot is shown, wherever it is in the file") {
    const auto found = history(test::bills(), day,
                               {bills("2025-10-10T14:40:00Z", 3), bills("2025-10-10T14:59:59Z", 1),
                                bills("2025-10-10T14:00:00Z", 9), bills("2025-10-10T12:30:00Z", 7)});
    REQUIRE(found.points.size() == 2);
    CHECK(found.points[0].begin == at("2025-10-10T12:00:00Z"));
    CHECK(found.points[0].snapshots == 1);
    CHECK(found.points[1].begin == at("2025-10-10T14:00:00Z"));
    CHECK(found.points[1].snapshots == 3);
    Snapshot last = test::snapshot(1, 20, 18);
    last.ts = at("2025-10-10T14:59:59Z");
    CHECK(found.points[1].last == last);
    CHECK(found.foreign == 0);
}

TEST_CASE("of two snapshots in the same second, the one that was written later counts") {
    CHECK(
        missing_of(history(test::bills(), day, {bills("2025-10-10T14:00:00Z", 5), bills("2025-10-10T14:00:00Z", 4)})) ==
        std::vector<std::uint64_t>{4});
}

TEST_CASE("the end of a period is not in it, and a time zone changes nothing") {
    const auto found =
        history(test::bills(), day,
                {bills("2025-10-09T23:59:59Z", 1), bills("2025-10-10T00:00:00Z", 2), bills("2025-10-10T23:59:59Z", 3),
                 bills("2025-10-11T00:00:00Z", 4), bills("2025-10-11T01:00:00+02:00", 5)});
    CHECK(missing_of(found) == std::vector<std::uint64_t>{2, 3});
    const auto old = history(test::bills(), test::hourly("1969-12-31T00:00:00Z", "1970-01-01T00:00:00Z"),
                             {bills("1969-12-31T22:30:00Z"), bills("1969-12-31T23:00:00Z")});
    REQUIRE(old.points.size() == 2);
    CHECK(old.points[0].begin == at("1969-12-31T22:00:00Z"));
    CHECK(old.points[1].begin == at("1969-12-31T23:00:00Z"));
}

TEST_CASE("documents of other backfills and other indices are neither counted nor foreign") {
    const std::string time = "2025-10-10T14:00:00Z";
    const std::string numbers = R"("missing":4,"present":5,"derived":{"overdue":2})";
    const std::vector<std::string> lines{
        bills(time, 1), invoices(time, numbers),
        R"({"backfill":"bills","index":"gmail_emails_v2","missing":8,"with_dates":1,"with_expires_at":1,"ts":")" +
            time + "\"}",
        R"({"index":"other","missing":9,"with_dates":1,"with_expires_at":1,"ts":")" + time + "\"}",
        R"({"backfill":"invoices","index":"other",)" + numbers + R"(,"ts":")" + time + "\"}"};
    const auto of_bills = history(test::bills(), day, lines);
    CHECK(missing_of(of_bills) == std::vector<std::uint64_t>{1});
    CHECK(of_bills.foreign == 0);
    const auto of_invoices = history(test::invoices(), day, lines);
    CHECK(missing_of(of_invoices) == std::vector<std::uint64_t>{4});
    CHECK(values(of_invoices.points.front().last) == std::vector<std::uint64_t>{4, 5, 2});
    CHECK(of_invoices.foreign == 0);
}

TEST_CASE("what is no snapshot at all is foreign") {
    for (const std::string line :
         {"{}", R"({"index":"gmail_emails_v2","missing":1})", R"({"ts":"2025-10-10T14:00:00Z","missing":1})",
          R"({"ts":"2025-10-10T14:00:00Z","index":"gmail_emails_v2"})",
          R"({"ts":"yesterday","index":"gmail_emails_v2","missing":1})",
          R"({"ts":1760104800,"index":"gmail_emails_v2","missing":1})",
          R"({"ts":"2025-10-10T14:00:00Z","index":["gmail_emails_v2"],"missing":1})",
          R"({"ts":"2025-10-10T14:00:00Z","index":"gmail_emails_v2","missing":-1})",
          R"({"ts":"2025-10-10T14:00:00Z","index":"gmail_emails_v2","missing":1.5})",
          R"({"ts":"2025-10-10T14:00:00Z","index":"gmail_emails_v2","missing":"1"})"}) {
        CAPTURE(line);
        const auto found = history(test::bills(), day, {line});
        CHECK(found.points.empty());
        CHECK(found.foreign == 1);
    }
}

TEST_CASE("a snapshot without one of the numbers, as of before a field was configured, is left out") {
    const std::string time = "2025-10-10T14:00:00Z";
    for (const std::string_view numbers :
         {R"("missing":4,"present":5)", R"("missing":4,"present":5,"derived":{})",
          R"("missing":4,"present":5,"derived":7)", R"("missing":4,"present":5,"derived":{"overdue":-1})",
          R"("missing":4,"present":5,"derived":{"other":1})", R"("missing":4,"derived":{"overdue":1})"}) {
        CAPTURE(numbers);
        const auto found = history(test::invoices(), day, {invoices(time, numbers)});
        CHECK(found.points.empty());
        CHECK(found.foreign == 0);
    }
}
