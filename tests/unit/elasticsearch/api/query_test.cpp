#include "support.hpp"

#include <elasticsearch/api/index_path.hpp>
#include <elasticsearch/api/multi_search.hpp>
#include <elasticsearch/api/query.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace health;
using namespace health::elasticsearch;
namespace json = boost::json;

namespace {

/// What the population must fulfil: "status: open or paid" where a field has values, else as it is written.
std::vector<std::string> conditions(const Backfill& backfill) {
    std::vector<std::string> out;
    const json::value query = population_query(backfill);
    for (const json::value& clause : query.at_pointer("/bool/filter").as_array()) {
        const auto& [kind, of_field] = *clause.as_object().begin();
        if (kind != "term" && kind != "terms") {
            out.push_back(json::serialize(clause));
            continue;
        }
        const auto& [field, values] = *of_field.as_object().begin();
        std::string words = std::string(field) + ":";
        const json::array alone{values};
        for (const json::value& value : values.is_array() ? values.as_array() : alone)
            words += (words.back() == ':' ? " " : " or ") + std::string(value.as_string());
        out.push_back(words);
    }
    return out;
}

} // namespace

TEST_CASE("commas and asterisks of an index expression keep their meaning, everything else is encoded") {
    CHECK(*index_path("gmail_emails_v2") == "gmail_emails_v2");
    CHECK(*index_path("a-*,b,-a-1") == "a-*,b,-a-1");
    CHECK(*index_path("<logs-{now/d}>") == "%3Clogs-%7Bnow%2Fd%7D%3E");
    CHECK(*index_path("remote:orders") == "remote%3Aorders");
    CHECK(*index_path("a b?q#f%2e") == "a%20b%3Fq%23f%252e");
    CHECK(*index_path("a\r\nHost: x") == "a%0D%0AHost%3A%20x");
}

TEST_CASE("what would leave the path is wrong usage; other names are for the engine to judge") {
    for (const std::string& name : {std::string(), std::string("."), std::string(".."), std::string("../_all"),
                                    std::string("a/.."), std::string("a/./b"), std::string("a\0b", 3)}) {
        CAPTURE(name);
        const auto path = index_path(name);
        REQUIRE(path.has_error());
        CHECK(path.error().kind == ErrorKind::usage);
        CHECK(path.error().message.ends_with("is not an index name"));
    }
    for (const std::string name : {"...", ".hidden", "a..b", "UPPER", "_all"})
        CHECK(index_path(name).has_value());
}

TEST_CASE("all terms of a population must hold, and any value of one does") {
    Backfill backfill = test::invoices();
    backfill.population = {{.field = "type", .values = {"invoice"}}, {.field = "status", .values = {"open", "paid"}}};
    CHECK(conditions(backfill) == std::vector<std::string>{"type: invoice", "status: open or paid"});
    backfill.query = R"({"range":{"created":{"gte":"now-30d"}}})";
    CHECK(conditions(backfill) == std::vector<std::string>{"type: invoice", "status: open or paid", *backfill.query});
}

TEST_CASE("without a condition every document counts") {
    Backfill backfill = test::invoices();
    backfill.population.clear();
    CHECK(conditions(backfill).empty());
    CHECK(json::serialize(population_query(backfill)).find("must_not") == std::string::npos);
}

TEST_CASE("what is missing is the part of the population without the field") {
    const json::value query = missing_query(test::bills());
    CHECK(query.at_pointer("/bool/filter/0") == population_query(test::bills()));
    CHECK(query.at_pointer("/bool/must_not") == json::parse(R"([{"exists":{"field":"dates"}}])"));
}

TEST_CASE("values are values, whatever they look like") {
    Backfill backfill = test::bills();
    backfill.population = {{.field = "category", .values = {R"("}},{"match_all":{}},)"}}};
    CHECK(conditions(backfill) == std::vector<std::string>{R"(category: "}},{"match_all":{}},)"});
}

TEST_CASE("each derived field has an aggregation of its own") {
    CHECK(derived_aggregation(0) == "derived");
    CHECK(derived_aggregation(1) != derived_aggregation(0));
    CHECK(derived_aggregation(2) != derived_aggregation(1));
}

TEST_CASE("a search never counts a part of the shards, nor an index that is not there") {
    const auto request = search("orders-*", {{"size", 0}});
    REQUIRE(request.has_value());
    CHECK(request->method == "POST");
    CHECK(request->target.starts_with("/orders-*/_search?"));
    CHECK(request->target.find("allow_partial_search_results=false") != std::string::npos);
    CHECK(request->target.find("allow_no_indices=false") != std::string::npos);
    CHECK(json::parse(request->body) == json::parse(R"({"size":0})"));
    CHECK(search("../_all", {}).error().kind == ErrorKind::usage);
}

TEST_CASE("an index expression that is too long for a request line goes into the body") {
    std::string expression = "orders-0";
    for (int i = 1; expression.size() <= longest_index_path; ++i)
        expression += ",orders-" + std::to_string(i);
    const auto request = search(expression, {{"size", 0}});
    REQUIRE(request.has_value());
    CHECK(request->target.size() < 100);
    const json::value header = json::parse(request->body.substr(0, request->body.find('\n')));
    CHECK(header.at("index") == json::string(expression));
    CHECK(header.at("allow_partial_search_results") == false);
    CHECK(header.at("allow_no_indices") == false);
}
