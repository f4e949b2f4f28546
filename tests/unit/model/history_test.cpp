#include "support.hpp"

#include <elasticsearch/history.hpp>
#include <report/history_report.hpp>

#include <doctest/doctest.h>

using namespace health;
using namespace health::elasticsearch;

namespace {

const std::string good =
    R"({"took":1,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},)"
    R"("hits":{"hits":[]},"aggregations":{"all":{"doc_count":5,"foreign":{"doc_count":1}},"stretches":{"buckets":[)"
    R"({"key":{"ts":1760104800000},"doc_count":2,"missing":{"value":7.5},"present":{"value":10},"derived":{"value":5}},)"
    R"({"key":{"ts":1760108400000},"doc_count":1,"missing":{"value":0},"present":{"value":0},"derived":{"value":0}}]}}})";

Result<HistoryPage> read(std::string body, int status = 200) {
    return to_history_page("cannot read health", test::bills(),
                           {.response = {.status = status, .headers = {}, .body = std::move(body), .body_problem = {}},
                            .from = "http://es"});
}

std::string changed(std::string_view from, std::string_view to) {
    std::string out = good;
    const auto where = out.find(from);
    REQUIRE(where != std::string::npos);
    return out.replace(where, from.size(), to);
}

HistoryPoint point(const std::string& ts, double missing = 0, double present = 1, double derived = 1) {
    return {.ts = test::at(ts), .snapshots = 1, .missing = missing, .present = present, .derived = {derived}};
}

Period hourly(const std::string& from, const std::string& to) {
    return {.from = test::at(from), .to = test::at(to), .every = std::chrono::hours(1)};
}

} // namespace

TEST_CASE("a page of history") {
    const auto page = read(good);
    REQUIRE(page.has_value());
    REQUIRE(page->points.size() == 2);
    CHECK(page->points[0].ts == test::at("2025-10-10T14:00:00Z"));
    CHECK(page->points[0].snapshots == 2);
    CHECK(page->points[0].missing == 7.5);
    CHECK(coverage(page->points[0]) == 0.5);
    CHECK(!coverage(page->points[1]));
    CHECK(page->foreign == 1);
    CHECK(!page->last);
}

TEST_CASE("a history that cannot be right is none") {
    for (const auto& [from, to] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"7.5", "null"},
             {"7.5", "-1"},
             {"7.5", "1e999"},
             {"7.5", "\"7.5\""},
             {"\"doc_count\":2", "\"doc_count\":0"},
             {"\"doc_count\":2", "\"doc_count\":\"2\""},
             {"1760108400000", "1760104800000"},
             {"1760108400000", "null"},
             {"\"stretches\"", "\"others\""},
             {"\"foreign\":{\"doc_count\":1}", "\"foreign\":{}"},
             {R"("missing":{"value":7.5},)", ""}}) {
        CAPTURE(to);
        const auto page = read(changed(from, to));
        REQUIRE(!page.has_value());
        CHECK(page.error().kind == ErrorKind::bad_response);
    }
    CHECK(read(changed("\"failed\":0", "\"failed\":1")).error().kind == ErrorKind::partial);
    CHECK(read(changed("\"timed_out\":false", "\"timed_out\":true")).error().kind == ErrorKind::partial);
}

TEST_CASE("gaps are whole stretches without a snapshot, also at the end") {
    const History history{
        .points = {point("2025-10-10T10:00:00Z"), point("2025-10-10T11:00:00Z"), point("2025-10-10T14:00:00Z")},
        .foreign = 0};
    CHECK(gaps(history, hourly("2025-10-10T05:00:00Z", "2025-10-10T15:59:00Z")) ==
          std::vector<Gap>{{test::at("2025-10-10T12:00:00Z"), test::at("2025-10-10T14:00:00Z")}});
    CHECK(gaps(history, hourly("2025-10-10T05:00:00Z", "2025-10-10T16:00:00Z")).back() ==
          Gap{test::at("2025-10-10T15:00:00Z"), test::at("2025-10-10T16:00:00Z")});
    CHECK(gaps({}, hourly("2025-10-10T05:00:00Z", "2025-10-10T15:59:00Z")).empty());
}

TEST_CASE("a picture is as wide as it has stretches, and 60 at most") {
    History history;
    for (int hour = 0; hour < 200; ++hour)
        history.points.push_back({.ts = test::at("2025-10-10T00:00:00Z") + std::chrono::hours(hour),
                                  .snapshots = 1,
                                  .missing = 200.0 - hour,
                                  .present = 1,
                                  .derived = {1}});
    const auto text =
        text_history(test::bills(), history, hourly("2025-10-10T00:00:00Z", "2025-10-18T08:00:00Z"), Glyphs::ascii);
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
