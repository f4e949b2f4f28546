#include <base/text.hpp>
#include <elasticsearch/api/multi_search.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <array>

using namespace health;
using namespace health::elasticsearch;
namespace json = boost::json;

namespace {

remote::Answer answer(std::string body, int status = 200) {
    return {.response = {.status = status, .headers = {{"X", "y"}}, .body = std::move(body), .body_problem = {}},
            .from = "http://es"};
}

} // namespace

TEST_CASE("one search has its index in the path, several have theirs in the body") {
    const std::array searches{SearchBody{"a,b-*", {{"size", 0}}}, SearchBody{"<logs-{now/d}>", {{"size", 1}}}};
    const auto one = search_request(std::span(searches).first(1));
    CHECK(one.target == "/a,b-*/_search?allow_partial_search_results=false&allow_no_indices=false");
    CHECK(one.body == R"({"size":0})");

    const auto both = search_request(searches);
    CHECK(both.target == "/_msearch");
    const auto lines = split(both.body, '\n');
    REQUIRE(lines.size() == 5);
    CHECK(lines[4].empty());
    for (const std::size_t i : {0U, 1U}) {
        const auto head = json::parse(lines[2 * i]);
        CHECK(head.at("index").as_string() == searches.at(i).index);
        CHECK(head.at("allow_partial_search_results") == false);
        CHECK(head.at("allow_no_indices") == false);
        CHECK(json::parse(lines[2 * i + 1]).as_object() == searches.at(i).body);
    }
}

TEST_CASE("a list of indices that is longer than a request line takes is in the body") {
    std::string list = "index-0";
    while (list.size() < 5000)
        list += ",index-" + std::to_string(list.size());
    const auto request = search_request(std::array{SearchBody{list, {}}});
    CHECK(request.target == "/_msearch");
    CHECK(json::parse(split(request.body, '\n')[0]).at("index").as_string() == list);
}

TEST_CASE("each search has its part of the answer, as if it had been alone") {
    const auto parts = answers_in(answer(R"({"responses":[{"a":1,"status":200},{"error":"x","status":404}]})"), 2);
    REQUIRE(parts.size() == 2);
    CHECK(parts[0].response.status == 200);
    CHECK(json::parse(parts[0].response.body).at("a") == 1);
    CHECK(parts[1].response.status == 404);
    CHECK(parts[1].response.header("X") == "y");
    CHECK(parts[1].from == "http://es");
}

TEST_CASE("a part is as the engine wrote it") {
    const std::string first = R"({"n":1.50,"hits":{"status":500},"status":200})";
    const std::string second = R"({ "status" : 404 , "x" : [1.50, "\u00e4"] })";
    const auto parts = answers_in(answer(R"({"took":1,"responses":[)" + first + "," + second + "]}"), 2);
    CHECK(parts[0].response.body == first);
    CHECK(parts[0].response.status == 200);
    CHECK(parts[1].response.body == second);
    CHECK(parts[1].response.status == 404);
}

TEST_CASE("what cannot be made out is the answer to all") {
    for (const char* body :
         {"", "<html>", "{}", "[]", R"({"responses":[]})", R"({"responses":{}})", R"({"responses":[{},{},{}]})",
          R"({"responses":[{"status":200},1]})", R"({"responses":[{"a":1,"a":2,"status":200},{"status":200}]})",
          R"({"hits":{"hits":["responses"]}})"}) {
        CAPTURE(body);
        const auto parts = answers_in(answer(body), 2);
        REQUIRE(parts.size() == 2);
        CHECK(parts[0].response.body == body);
        CHECK(parts[1].response.body == body);
    }
    CHECK(answers_in(answer(R"({"responses":[{"status":200}]})", 503), 1).front().response.status == 503);
}

TEST_CASE("a part without a status is no success") {
    CHECK(answers_in(answer(R"({"responses":[{"a":1}]})"), 1).front().response.status / 100 != 2);
    CHECK(answers_in(answer(R"({"responses":[{"status":4294967496}]})"), 1).front().response.status / 100 != 2);
}

TEST_CASE("all are busy when each says so") {
    const auto busy = [](std::string body) { return all_are_busy(answer(std::move(body)).response); };
    CHECK(busy(R"({"responses":[{"error":{"type":"x"},"status":429},{"error":{"type":"x"},"status":503}]})"));
    CHECK(!busy(R"({"responses":[{"error":{"type":"x"},"status":429},{"status":200}]})"));
    CHECK(!busy(R"({"responses":[{"error":{"type":"too_many_buckets_exception"},"status":503}]})"));
    CHECK(!busy(R"({"responses":[]})"));
    CHECK(!busy(R"({"error":"x","status":429})"));
}
