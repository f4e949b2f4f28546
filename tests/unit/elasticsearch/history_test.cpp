#include "support.hpp"

#include <elasticsearch/history.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace health;
using namespace health::elasticsearch;

namespace {

const std::string good =
    R"({"took":1,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},)"
    R"("hits":{"hits":[]},"aggregations":{"all":{"doc_count":5,"foreign":{"doc_count":1}},"intervals":{"buckets":[)"
    R"({"key":{"ts":1760104800000},"doc_count":2,"last":{"hits":{"hits":[{"_index":"health","_id":"a","_score":null,)"
    R"("fields":{"missing":[7],"with_dates":[10],"with_expires_at":[5]},"sort":[1760106600000,5]}]}}},)"
    R"({"key":{"ts":1760108400000},"doc_count":1,"last":{"hits":{"hits":[{"_index":"health","_id":"b","_score":null,)"
    R"("fields":{"missing":[0],"with_dates":[0],"with_expires_at":[0]},"sort":[1760108400000,6]}]}}}]}}})";

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
    CHECK(page->points[0].begin == test::at("2025-10-10T14:00:00Z"));
    CHECK(page->points[0].snapshots == 2);
    CHECK(page->points[0].last == Snapshot{.index = test::bills().index,
                                           .missing = 7,
                                           .present = 10,
                                           .derived = {5},
                                           .ts = test::at("2025-10-10T14:30:00Z")});
    CHECK(page->points[1].last.ts == test::at("2025-10-10T15:00:00Z"));
    CHECK(page->foreign == 1);
    CHECK(!page->last);
}

TEST_CASE("a history that cannot be right is none") {
    for (const auto& [from, to] : std::initializer_list<std::pair<std::string_view, std::string_view>>{
             {"[7]", "null"},
             {"[7]", "[]"},
             {"[7]", "[-1]"},
             {"[7]", "[7.5]"},
             {"[7]", "[\"7\"]"},
             {"1760106600000", "1760104799000"},
             {"1760106600000", "null"},
             {"[1760106600000,5]", "[]"},
             {R"({"_index":"health","_id":"b")", R"({}, {"_index":"health","_id":"b")"},
             {"\"doc_count\":2", "\"doc_count\":0"},
             {"\"doc_count\":2", "\"doc_count\":\"2\""},
             {"1760108400000", "1760104800000"},
             {"1760108400000", "null"},
             {"1760108400000", "-1"},
             {"1760108400000", "9223372036854775807"},
             {"\"intervals\"", "\"others\""},
             {"\"foreign\":{\"doc_count\":1}", "\"foreign\":{}"},
             {R"("missing":[7],)", ""}}) {
        CAPTURE(to);
        const auto page = read(changed(from, to));
        REQUIRE(!page.has_value());
        CHECK(page.error().kind == ErrorKind::bad_response);
    }
    CHECK(read(changed("\"failed\":0", "\"failed\":1")).error().kind == ErrorKind::partial);
    CHECK(read(changed("\"timed_out\":false", "\"timed_out\":true")).error().kind == ErrorKind::partial);
}

TEST_CASE("more fields than an engine gives of one hit") {
    Backfill wide = test::bills();
    wide.shape = DocumentShape::nested;
    wide.derived.clear();
    boost::json::object last;
    boost::json::object last_1;
    for (std::uint64_t i = 0; i < 150; ++i) {
        wide.derived.push_back(fmt::format("d{}", i));
        (i < 98 ? last : last_1)[fmt::format("derived.d{}", i)] = boost::json::array{i};
    }
    last["missing"] = last["present"] = boost::json::array{200};

    const boost::json::value search =
        history_search(wide, test::hourly("2025-10-10T00:00:00Z", "2025-10-11T00:00:00Z"), {});
    const auto& asked = search.at_pointer("/aggs/intervals/aggs").as_object();
    std::size_t fields = 0;
    for (const auto& [name, hits] : asked) {
        const auto& list = hits.at_pointer("/top_hits/docvalue_fields").as_array();
        CHECK(list.size() <= 100);
        fields += list.size();
    }
    CHECK(fields == 152);

    const auto hit = [](boost::json::object values) {
        return boost::json::object{{"hits",
                                    {{"hits", boost::json::array{boost::json::object{{"fields", std::move(values)},
                                                                                     {"sort", {1760106600000, 1}}}}}}}};
    };
    boost::json::value body = boost::json::parse(good);
    body.at_pointer("/aggregations/intervals/buckets") = boost::json::array{boost::json::object{
        {"key", {{"ts", 1760104800000}}}, {"doc_count", 1}, {"last", hit(last)}, {"last_1", hit(last_1)}}};
    const auto page = to_history_page(
        "cannot read health", wide,
        {.response = {.status = 200, .headers = {}, .body = boost::json::serialize(body), .body_problem = {}},
         .from = "http://es"});
    REQUIRE(page.has_value());
    REQUIRE(page->points.size() == 1);
    CHECK(page->points[0].last.derived[0] == 0);
    CHECK(page->points[0].last.derived[149] == 149);
}
