#include "elasticsearch/backfills.hpp"
#include "elasticsearch/engine.hpp"
#include "support.hpp"

#include <base/text.hpp>
#include <elasticsearch/measure.hpp>
#include <model/rules/parser.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using namespace health;
using namespace std::chrono_literals;
using test::answer_of_engine;
using test::backfills_on;
namespace json = boost::json;

namespace {

constexpr std::string_view no_index =
    R"({"error":{"type":"index_not_found_exception","reason":"no such index"},"status":404})";
constexpr std::string_view refusal = R"({"error":{"type":"parsing_exception","reason":"cannot run it"},"status":400})";

/// The answer to a search for one backfill: 22 documents, of which 2 have no field. Every other count is 1.
std::string counts_for(const json::value& search) {
    json::object counts;
    for (const auto& [name, aggregation] : search.at("aggs").as_object())
        counts[name] = {{"doc_count", name == "missing" ? 2 : name == "present" ? 20 : 1}};
    return json::serialize(json::object{{"timed_out", false},
                                        {"_shards", {{"total", 1}, {"successful", 1}, {"skipped", 0}, {"failed", 0}}},
                                        {"hits", {{"total", {{"value", 22}, {"relation", "eq"}}}}},
                                        {"aggregations", std::move(counts)},
                                        {"status", 200}});
}

/// All indices but `absent` are there, and map every field that is asked for as a date.
test::Engine engine_without(const std::string& absent) {
    return {.on_request = [absent](const http::Request& request) -> test::Engine::Answer {
        if (request.method == "GET")
            return answer_of_engine(200, R"({"indices":["a"],"fields":{"dates":{"date":{"type":"date",)"
                                         R"("metadata_field":false,"searchable":true,"aggregatable":true}}}})");
        const auto lines = split(trim(request.body), '\n');
        if (lines.size() == 1)
            return request.target.starts_with("/" + absent + "/")
                       ? answer_of_engine(404, std::string(no_index))
                       : answer_of_engine(200, counts_for(json::parse(lines[0])));
        std::vector<std::string> parts;
        for (std::size_t i = 0; i < lines.size(); i += 2)
            parts.push_back(json::parse(lines[i]).at("index").as_string() == absent
                                ? std::string(no_index)
                                : counts_for(json::parse(lines[i + 1])));
        return answer_of_engine(200, fmt::format(R"({{"took":1,"responses":[{}]}})", join(parts, ",")));
    }};
}

std::vector<Result<Snapshot>> measure(test::Engine& engine, const std::vector<Backfill>& backfills) {
    elasticsearch::Isolation isolation;
    return elasticsearch::measure(engine.send(), backfills, isolation, Deadline::after(20s));
}

} // namespace

TEST_CASE("a backfill without rules is measured by one search") {
    auto engine = engine_without("");
    const auto found = measure(engine, backfills_on({"a"}));
    REQUIRE(found.at(0).has_value());
    CHECK(found[0]->missing == 2);
    CHECK(found[0]->present == 20);
    REQUIRE(engine.requests.size() == 1);
    CHECK(engine.requests[0].target.starts_with("/a/_search?"));
}

TEST_CASE("backfills on several indices share a request, and one whose index is missing spoils no other") {
    auto engine = engine_without("gone");
    const auto found = measure(engine, backfills_on({"a", "gone", "b"}));
    CHECK(engine.asked() == std::vector<std::string>{"POST /_msearch"});
    CHECK(found.at(0)->index == "a");
    CHECK(found.at(2)->index == "b");
    REQUIRE_FALSE(found.at(1).has_value());
    CHECK(found[1].error().kind == ErrorKind::index_missing);
}

TEST_CASE("what is no index expression is refused before anything is sent") {
    auto engine = engine_without("");
    const auto found = measure(engine, backfills_on({".."}));
    CHECK(found.at(0).error().kind == ErrorKind::usage);
    CHECK(engine.requests.empty());
}

TEST_CASE("a rule asks once how its fields are mapped, and says which of the backfill's own are not") {
    auto engine = engine_without("");
    auto backfills = backfills_on({"a"});
    backfills[0].rules = {*parse_rule("dates < now"), *parse_rule("dates < expires_at")};
    const auto found = measure(engine, backfills);
    REQUIRE(engine.requests.size() == 2);
    CHECK(engine.requests[0].target.starts_with("/a/_field_caps?fields="));
    REQUIRE(found.at(0).has_value());
    CHECK(found[0]->unmapped == std::vector<std::string>{"expires_at"});
}

TEST_CASE("where the engine refuses a search, the rule that it refuses is named") {
    auto engine = engine_without("");
    engine.on_request = [answer = engine.on_request](const http::Request& request) -> test::Engine::Answer {
        return request.body.find("2030") != std::string::npos ? answer_of_engine(400, std::string(refusal))
                                                              : answer(request);
    };
    auto backfills = backfills_on({"a"});
    backfills[0].rules = {*parse_rule("dates < now"), *parse_rule("dates < \"2030-01-01\"")};
    const auto found = measure(engine, backfills);
    REQUIRE_FALSE(found.at(0).has_value());
    CHECK(found[0].error().kind == ErrorKind::rejected);
    CHECK(found[0].error().message.find("rule \"dates < \"2030-01-01\"\"") != std::string::npos);
}

TEST_CASE("an arrival field that is not mapped is an error, and no number is made up") {
    auto engine = engine_without("");
    auto backfills = backfills_on({"a"});
    backfills[0].arrival = "received_at";
    backfills[0].arrivals_since = test::at("2025-10-10T14:22:31Z");
    const auto found = measure(engine, backfills);
    REQUIRE_FALSE(found.at(0).has_value());
    CHECK(found[0].error().message == "cannot measure a: the arrival field received_at is not mapped");
    CHECK(engine.requests.size() == 1);
}
