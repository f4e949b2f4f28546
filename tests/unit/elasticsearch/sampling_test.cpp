#include "support.hpp"

#include <elasticsearch/sampling.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <array>
#include <deque>

using namespace health;
using namespace health::elasticsearch;

namespace {

constexpr std::string_view shards = R"("timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0})";

remote::Answer answer(std::string body) {
    return {.response = {.status = 200, .headers = {}, .body = std::move(body), .body_problem = {}},
            .from = "http://es:9200"};
}

remote::Answer hits(std::uint64_t total, const std::string& hits, std::string_view relation = "eq") {
    return answer(fmt::format(R"({{{},"hits":{{"total":{{"value":{},"relation":"{}"}},"hits":[{}]}}}})", shards, total,
                              relation, hits));
}

std::string hit(const std::string& id, const std::string& source = "{}", const std::string& more = {}) {
    return fmt::format(R"({{"_index":"mail","_id":"{}","_score":0.5,{}"_source":{}}})", id, more, source);
}

DocumentKey key(const std::string& id, const std::string& routing = {}) {
    return {.id = {.index = "mail", .id = id}, .place = routing};
}

ErrorKind drawing_fails(const remote::Answer& from, std::size_t limit = 2) {
    const auto draw = to_random_sample("cannot draw", from, limit);
    REQUIRE(!draw);
    return draw.error().kind;
}

Result<std::vector<std::optional<Document>>> documents(const remote::Answer& from,
                                                       const std::vector<DocumentKey>& keys) {
    return to_documents("cannot read", test::bills(), from, keys);
}

} // namespace

TEST_CASE("a draw is whole, or it is refused") {
    const auto draw =
        to_random_sample("cannot draw", hits(7, hit("a", "null", R"("_routing":"r",)") + "," + hit("b", "null")), 2);
    REQUIRE(draw.has_value());
    CHECK(draw->keys == std::vector<DocumentKey>{key("a", "r"), key("b")});
    CHECK(draw->candidates == 7);
    CHECK(!draw->has_all());
    CHECK(to_random_sample("cannot draw", hits(1, hit("a", "null")), 2)->has_all());
    CHECK(to_random_sample("cannot draw", hits(0, ""), 2)->has_all());

    CHECK(drawing_fails(hits(7, hit("a", "null"))) == ErrorKind::bad_response);                   // too short
    CHECK(drawing_fails(hits(1, hit("a") + "," + hit("b"))) == ErrorKind::bad_response);          // too long
    CHECK(drawing_fails(hits(2, hit("a") + "," + hit("a"))) == ErrorKind::bad_response);          // twice
    CHECK(drawing_fails(hits(7, hit("a") + "," + hit("b"), "gte")) == ErrorKind::partial);        // of how many?
    CHECK(drawing_fails(hits(2, hit("a") + R"(,{"_index":"mail"})")) == ErrorKind::bad_response); // no id
    CHECK(drawing_fails(answer(R"({"timed_out":true,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},)"
                               R"("hits":{"total":{"value":0,"relation":"eq"},"hits":[]}})")) == ErrorKind::partial);
    CHECK(drawing_fails(answer(R"({"timed_out":false,"_shards":{"total":2,"successful":1,"skipped":0,"failed":1},)"
                               R"("hits":{"total":{"value":0,"relation":"eq"},"hits":[]}})")) == ErrorKind::partial);
    CHECK(drawing_fails(answer("{}")) == ErrorKind::bad_response);
}

TEST_CASE("documents are in the order of the keys, those that are gone are none, and others are ignored") {
    const auto found = documents(hits(3, hit("c") + "," + hit("a", "{\n \"x\": 1.50\n}", R"("_routing":"r",)") + "," +
                                             hit("a", "{}", R"("_routing":"other",)")),
                                 {key("a", "r"), key("b"), key("c")});
    REQUIRE(found.has_value());
    REQUIRE(found->size() == 3);
    CHECK((*found)[0]->source == R"({"x":1.50})");
    CHECK(!(*found)[1]);
    CHECK((*found)[2]->id == DocumentId{.index = "mail", .id = "c"});
}

TEST_CASE("what the engine knows of the derived fields comes with a document") {
    const auto found =
        documents(hits(2, R"({"_index":"mail","_id":"a","_source":{},"matched_queries":["derived"]},)" + hit("b")),
                  {key("a"), key("b")});
    REQUIRE(found.has_value());
    CHECK((*found)[0]->known_fields == std::vector<bool>{true, true});
    CHECK((*found)[1]->known_fields == std::vector<bool>{true, false});
}

TEST_CASE("a source is passed on as it is, whatever is in it") {
    for (const std::string source :
         {R"({"n":123456789012345678901234567890.10,"m":1e999})", R"({"a":1,"a":2})",
          R"({"_source":{"_source":[{}]},"hits":{"hits":[]},"s":"\"}\\"})", R"({"u":"\ud800"})"}) {
        const auto found = documents(hits(1, hit("a", source)), {key("a")});
        REQUIRE(found.has_value());
        CHECK((*found)[0]->source == source);
    }
}

TEST_CASE("documents that are not whole are refused") {
    CHECK(documents(hits(1, R"({"_index":"mail","_id":"a"})"), {key("a")}).error().kind == ErrorKind::rejected);
    CHECK(documents(hits(1, hit("a", "null")), {key("a")}).error().kind == ErrorKind::rejected);
    CHECK(documents(hits(2, hit("a")), {key("a"), key("b")}).error().kind == ErrorKind::bad_response);
    CHECK(documents(hits(2, hit("a") + "," + hit("a")), {key("a")}).error().kind == ErrorKind::bad_response);
    for (const std::string body : {"", "[]", "{\"hits\":{\"hits\":[{\"_source\":{", "nonsense"})
        CHECK(documents(answer(body), {key("a")}).error().kind == ErrorKind::bad_response);
}

TEST_CASE("a page that is too large is asked for again in halves, down to one document") {
    std::vector<std::size_t> asked;
    const std::vector<DocumentKey> keys(100, key("a"));
    PageSize page;
    const std::size_t first = page.documents();
    const auto fetch_all_too_large = [&](std::size_t fits) {
        asked.clear();
        return fetch(test::bills(), keys, "cannot read", page, [&](const Result<http::Request>& request) {
            const auto body = boost::json::parse(request->body);
            asked.push_back(body.at("size").to_number<std::size_t>() / 2);
            remote::Answer out = hits(0, "");
            out.response.too_large = asked.back() > fits;
            return Result<remote::Answer>(out);
        });
    };
    CHECK(fetch_all_too_large(first / 2)->size() == first / 2);
    CHECK(asked == std::vector<std::size_t>{first, first / 2});
    const auto never = fetch_all_too_large(0);
    REQUIRE(!never);
    CHECK(never.error().message.find("a is too large") != std::string::npos);
    CHECK(asked.back() == 1);
}

TEST_CASE("pages have about a MiB") {
    PageSize page;
    page.adapt(32'000, 32);
    CHECK(page.documents() == 500);
    page.adapt(500 * 10'000, 500);
    CHECK(page.documents() == 104);
    page.adapt(4'000'000, 1);
    CHECK(page.documents() == 1);
    page.adapt(0, 0);
    CHECK(page.documents() == 500);
}
