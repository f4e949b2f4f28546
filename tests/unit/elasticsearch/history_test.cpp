#include "support.hpp"

#include <elasticsearch/history.hpp>

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
