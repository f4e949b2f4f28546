#include "elasticsearch/engine.hpp"
#include "support.hpp"

#include <elasticsearch/api/query.hpp>
#include <elasticsearch/breakdown.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <optional>
#include <string>
#include <vector>

using namespace health;
using namespace health::elasticsearch;
using test::answer_of_engine;
namespace json = boost::json;

namespace {

const Grouping by_sender{.field = "sender", .interval = std::nullopt};
const Grouping by_month{.field = "received", .interval = Interval::month};

/// A complete answer with these groups, and these counts of the documents without the field.
remote::Answer grouped(const std::string& buckets, const std::string& without,
                       const std::string& more = R"(,"sum_other_doc_count":0)") {
    return answer_of_engine(
        200, fmt::format(R"({{"timed_out":false,"_shards":{{"total":1,"successful":1,"skipped":0,"failed":0}},)"
                         R"("hits":{{"hits":[]}},"aggregations":{{"groups":{{"buckets":[{}]{}}},"without":{}}}}})",
                         buckets, more, without));
}

const std::string none_without = R"({"doc_count":0,"missing":{"doc_count":0}})";

std::string bucket(const std::string& key, std::uint64_t documents, std::uint64_t missing) {
    return fmt::format(R"({{"key":{},"doc_count":{},"missing":{{"doc_count":{}}}}})", key, documents, missing);
}

Result<std::vector<Group>> groups(const remote::Answer& answer, const Grouping& grouping = by_sender) {
    return to_groups("cannot break down orders", grouping, answer);
}

ErrorKind kind(const auto& result) {
    REQUIRE(result.has_error());
    return result.error().kind;
}

} // namespace

TEST_CASE("one search has the groups, and what is missing in each and without the field") {
    const auto request = breakdown_request(test::bills(), by_sender);
    REQUIRE(request.has_value());
    CHECK(request->target.starts_with("/gmail_emails_v2/_search?"));
    const json::value body = json::parse(request->body);
    CHECK(body.at("query") == population_query(test::bills()));
    CHECK(body.at_pointer("/aggs/groups/aggs/missing/filter") == missing_query(test::bills()));
    CHECK(body.at_pointer("/aggs/without/aggs/missing/filter") == missing_query(test::bills()));
    CHECK(body.at_pointer("/aggs/groups/terms/field") == "sender");
    const json::value by_time = json::parse(breakdown_request(test::bills(), by_month)->body);
    CHECK(by_time.at_pointer("/aggs/groups/date_histogram/calendar_interval") == "month");

    Backfill outside = test::bills();
    outside.index = "../_all";
    CHECK(kind(breakdown_request(outside, by_sender)) == ErrorKind::usage);
}

TEST_CASE("a group for each value, and one for the documents without it") {
    const auto found = groups(grouped(bucket(R"("a@x")", 7, 2) + "," + bucket(R"("b@x")", 5, 0),
                                      R"({"doc_count":3,"missing":{"doc_count":1}})"));
    REQUIRE(found.has_value());
    CHECK(*found == std::vector<Group>{{.value = "a@x", .missing = 2, .documents = 7},
                                       {.value = "b@x", .missing = 0, .documents = 5},
                                       {.value = std::nullopt, .missing = 1, .documents = 3}});
    CHECK(groups(grouped("", none_without))->empty());
}

TEST_CASE("values as people write them") {
    const auto name = [](const std::string& members, const Grouping& grouping = by_sender) {
        const auto found =
            groups(grouped("{" + members + R"(,"doc_count":1,"missing":{"doc_count":0}})", none_without), grouping);
        REQUIRE(found.has_value());
        return found->at(0).value.value();
    };
    CHECK(name(R"("key":"")").empty());
    CHECK(name(R"("key":42)") == "42");
    CHECK(name(R"("key":1.5)") == "1.5");
    CHECK(name(R"("key":1,"key_as_string":"true")") == "true");
    CHECK(name(R"("key":0,"key_as_string":"false")") == "false");
    CHECK(name(R"("key":1759276800000,"key_as_string":"2025-10-01T00:00:00.000Z")", by_month) == "2025-10");
    CHECK(name(R"("key":-1,"key_as_string":"1969")", by_month) == "1969-12");
}

TEST_CASE("a group that cannot be right makes the answer wrong") {
    for (const std::string& wrong :
         {bucket(R"("a")", 2, 3), bucket("null", 2, 1), bucket("[1]", 2, 1), std::string("7"), std::string("{}"),
          std::string(R"({"key":"a","doc_count":-1,"missing":{"doc_count":0}})"),
          std::string(R"({"key":"a","doc_count":1})"), std::string(R"({"doc_count":1,"missing":{"doc_count":0}})")}) {
        CAPTURE(wrong);
        CHECK(kind(groups(grouped(bucket(R"("good")", 1, 0) + "," + wrong, none_without))) == ErrorKind::bad_response);
    }
    CHECK(kind(groups(grouped(bucket(R"("a month")", 1, 0), none_without), by_month)) == ErrorKind::bad_response);
    CHECK(kind(groups(grouped(bucket("9223372036854775807", 1, 0), none_without), by_month)) ==
          ErrorKind::bad_response);
    CHECK(kind(groups(grouped("", R"({"doc_count":1,"missing":{"doc_count":2}})"))) == ErrorKind::bad_response);
    CHECK(kind(groups(grouped("", "null"))) == ErrorKind::bad_response);
}

TEST_CASE("an answer that does not say how much it leaves out may leave out anything") {
    const auto silent = grouped(bucket(R"("a")", 7, 2), none_without, "");
    CHECK(kind(groups(silent)) == ErrorKind::bad_response);
    CHECK(groups(grouped(bucket("1759276800000", 7, 2), none_without, ""), by_month).has_value());
}

TEST_CASE("an answer that is not whole has no groups") {
    auto late = grouped(bucket(R"("a")", 7, 2), none_without);
    late.response.body.replace(late.response.body.find("false"), 5, "true");
    CHECK(kind(groups(late)) == ErrorKind::partial);
    CHECK(kind(groups(answer_of_engine(200, "<html>"))) == ErrorKind::bad_response);
    CHECK(kind(groups(answer_of_engine(
              404, R"({"error":{"type":"index_not_found_exception","reason":"no such index"},"status":404})"))) ==
          ErrorKind::index_missing);
}

TEST_CASE("more groups than give an overview are an error, and none is left out silently") {
    std::string most;
    for (std::size_t i = 0; i < max_groups; ++i)
        most += (i == 0 ? "" : ",") + bucket(fmt::format("\"v{}\"", i), 1, 0);
    CHECK(groups(grouped(most, none_without))->size() == max_groups);
    CHECK(kind(groups(grouped(most, R"({"doc_count":1,"missing":{"doc_count":1}})"))) == ErrorKind::usage);
    CHECK(kind(groups(grouped(bucket(R"("a")", 1, 0), none_without, R"(,"sum_other_doc_count":1)"))) ==
          ErrorKind::usage);
    const auto refused = groups(answer_of_engine(
        503, R"({"error":{"type":"search_phase_execution_exception","reason":"","caused_by":{"type":)"
             R"("too_many_buckets_exception","reason":"Trying to create too many buckets"}},"status":503})"));
    CHECK(kind(refused) == ErrorKind::usage);
    CHECK(refused.error().message.find("search.max_buckets") != std::string::npos);
}

TEST_CASE("a field that cannot be grouped by is asked about") {
    const auto refused = answer_of_engine(
        400, R"({"error":{"type":"search_phase_execution_exception","reason":"all shards failed","root_cause":[)"
             R"({"type":"illegal_argument_exception","reason":"Fielddata is disabled on [sender]"}]},"status":400})");
    CHECK(kind(groups(refused)) == ErrorKind::rejected);
    CHECK(groups(refused).error().hint.sentence() == "is sender a text field? try sender.keyword");
    CHECK(groups(refused, by_month).error().hint.sentence() == "is received a date field?");
}

TEST_CASE("samples have the fields that were asked for, and no others") {
    const auto request = samples_request("orders", missing_query(test::bills()), {"due_date"}, 5);
    REQUIRE(request.has_value());
    const json::value body = json::parse(request->body);
    CHECK(body.at("size") == 5);
    CHECK(body.at("query") == missing_query(test::bills()));
    CHECK(body.at("fields") == json::array{"due_date"});
    CHECK(body.at("_source") == false); // what nobody asked for may be private
}

TEST_CASE("a sample is an index and an id") {
    const auto samples = [](const std::string& hits) {
        return to_samples("cannot list orders", {},
                          answer_of_engine(200, R"({"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,)"
                                                R"("failed":0},"hits":{"hits":)" +
                                                    hits + "}}"));
    };
    CHECK(*samples(R"([{"_index":"orders-1","_id":"a"},{"_index":"orders-2","_id":"b"}])") ==
          std::vector<SampleDocument>{{.document = {.index = "orders-1", .id = "a"}},
                                      {.document = {.index = "orders-2", .id = "b"}}});
    CHECK(samples("[]")->empty());
    for (const std::string hits : {"7", "{}", "[7]", "[{}]", R"([{"_index":"a"}])", R"([{"_index":"a","_id":7}])"}) {
        CAPTURE(hits);
        CHECK(kind(samples(hits)) == ErrorKind::bad_response);
    }
}
