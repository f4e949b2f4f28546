#include "elasticsearch/engine.hpp"
#include "support.hpp"

#include <elasticsearch/health_index.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <map>
#include <string>
#include <vector>

using namespace health;
using namespace std::chrono_literals;
using elasticsearch::HealthIndex;
using test::answer_of_engine;
namespace json = boost::json;

namespace {

using Answers = std::map<std::string, remote::Answer>; ///< to "GET /index"
using Asked = std::vector<std::string>;

const std::string create = "PUT /health_v1";
const std::string look = "GET /health_v1?flat_settings=true";
const std::string complete = "PUT /health_v1/_mapping";
const std::string exists = "HEAD /health_v1";
const std::string mapping_of = "GET /health_v1/_mapping";
const std::string bulk = "POST /health_v1/_bulk";

remote::Answer error_of_engine(int status, const std::string& type, const std::string& reason = "no") {
    return answer_of_engine(
        status, json::serialize(json::value{{"error", {{"type", type}, {"reason", reason}}}, {"status", status}}));
}

const remote::Answer acknowledged = answer_of_engine(200, R"({"acknowledged":true})");
const remote::Answer there = error_of_engine(400, "resource_already_exists_exception");

/// Has these answers; anything else is a mistake of the test.
test::Engine engine(Answers answers) {
    return {.on_request = [answers = std::move(answers)](const http::Request& request) -> test::Engine::Answer {
        const auto found = answers.find(request.method + " " + request.target);
        if (found == answers.end())
            return test::error(ErrorKind::unreachable, request.method + " " + request.target + " is not expected");
        return found->second;
    }};
}

HealthIndex index(test::Engine& engine) {
    return *HealthIndex::make(engine.send(), "health_v1");
}

Result<Installed> install(test::Engine& engine, const std::vector<Backfill>& backfills = {test::bills()}) {
    return index(engine).install(health_mapping(backfills), Deadline::after(20s));
}

std::string mapping(const std::vector<Backfill>& backfills) {
    test::Engine recorder = engine({{create, acknowledged}});
    REQUIRE(install(recorder, backfills).has_value());
    return json::serialize(json::parse(recorder.requests.at(0).body).at("mappings"));
}

/// What GET /health_v1 shows of an index with this mapping.
remote::Answer described(const std::string& mappings, const std::string& settings = "{}") {
    return answer_of_engine(200, R"({"health_v1":{"mappings":)" + mappings + R"(,"settings":)" + settings + "}}");
}

HealthDocument flat(const std::string& id) {
    return {.id = id, .content = to_document(test::bills(), test::snapshot(2, 20, 18))};
}

HealthDocument nested(const std::string& id) {
    return {.id = id, .content = to_document(test::invoices(), test::snapshot(2, 20, 18))};
}

remote::Answer stored(const std::vector<std::string>& ids) {
    json::array items;
    for (const std::string& id : ids)
        items.push_back(json::object{{"create", {{"_id", id}, {"result", "created"}, {"status", 201}}}});
    return answer_of_engine(200, json::serialize(json::value{{"errors", false}, {"items", items}}));
}

std::vector<Result<void>> append(test::Engine& engine, const std::vector<HealthDocument>& documents) {
    return index(engine).append(documents, Deadline::after(20s));
}

} // namespace

TEST_CASE("a name that would leave the path is wrong usage, before anything is sent") {
    test::Engine none = engine({});
    for (const std::string name : {"", "..", "a/../b"})
        CHECK(HealthIndex::make(none.send(), name).error().kind == ErrorKind::usage);
    CHECK(HealthIndex::make(none.send(), "health_v1").has_value());
    CHECK(none.requests.empty());
}

TEST_CASE("an index that is not there is created with the whole mapping") {
    test::Engine fresh = engine({{create, acknowledged}});
    CHECK(*install(fresh) == Installed{.created = true});
    CHECK(fresh.asked() == Asked{create});
    const json::value body = json::parse(fresh.requests[0].body);
    CHECK(body.at_pointer("/mappings/properties/missing/type") == "integer");
    CHECK(body.at_pointer("/mappings/properties/ts/type") == "date");
}

TEST_CASE("an answer that does not confirm it is a failure") {
    test::Engine vague = engine({{create, answer_of_engine(200, "{}")}});
    CHECK(install(vague).error().kind == ErrorKind::bad_response);
    test::Engine other = engine({{create, answer_of_engine(200, "<html>")}});
    CHECK(install(other).error().kind == ErrorKind::bad_response);
    test::Engine gone = engine({});
    CHECK(install(gone).error().kind == ErrorKind::unreachable);
    CHECK(install(gone).error().message.starts_with("cannot create health_v1: "));
}

TEST_CASE("one that is there with the same mapping stays as it is") {
    for (const auto& refusal :
         {there, error_of_engine(400, "invalid_index_name_exception", "already exists as alias")}) {
        test::Engine same = engine({{create, refusal}, {look, described(mapping({test::bills()}))}});
        CHECK(*install(same) == Installed{.created = false});
        CHECK(same.asked() == Asked{create, look});
    }
}

TEST_CASE("fields that it lacks are added, once for all indices behind an alias") {
    const auto twice = answer_of_engine(200, R"({"health-1":{"mappings":)" + mapping({test::bills()}) +
                                                 R"(},"health-2":{"mappings":)" + mapping({test::bills()}) + "}}");
    test::Engine lacking = engine({{create, there}, {look, twice}, {complete, acknowledged}});
    const auto installed = install(lacking, {test::bills(), test::invoices()});
    REQUIRE(installed.has_value());
    CHECK_FALSE(installed->created);
    CHECK(installed->added == std::vector<std::string>{"backfill", "present", "derived.overdue", "broken", "rules"});
    const json::value body = json::parse(lacking.requests.at(2).body);
    CHECK(body.at_pointer("/properties/derived/properties/overdue/type") == "integer");
    CHECK_FALSE(body.at("properties").as_object().contains("missing"));
}

TEST_CASE("a preview only looks, and says what would be created or added") {
    const auto preview = [](test::Engine& asked) {
        return index(asked).preview(health_mapping(std::array{test::bills(), test::invoices()}), Deadline::after(20s));
    };
    test::Engine absent = engine({{look, error_of_engine(404, "index_not_found_exception", "no such index")}});
    CHECK(*preview(absent) == Installed{.created = true});
    CHECK(absent.asked() == Asked{look});
    test::Engine lacking = engine({{look, described(mapping({test::bills()}))}});
    CHECK(preview(lacking)->added ==
          std::vector<std::string>{"backfill", "present", "derived.overdue", "broken", "rules"});
    CHECK(lacking.asked() == Asked{look});
    test::Engine same = engine({{look, described(mapping({test::bills(), test::invoices()}))}});
    CHECK(*preview(same) == Installed{.created = false});
    test::Engine forbidden = engine({{look, error_of_engine(403, "security_exception", "no")}});
    CHECK(preview(forbidden).error().message.starts_with("cannot compare the mapping of health_v1"));
    remote::Answer kibana = answer_of_engine(404, R"({"statusCode":404,"error":"Not Found"})");
    kibana.response.headers.push_back({"kbn-name", "kibana"});
    test::Engine elsewhere = engine({{look, kibana}});
    CHECK(preview(elsewhere).error().hint == Hint(Remedy::find_engine));
    test::Engine pattern = engine({{look, answer_of_engine(200, "{}")}});
    CHECK(preview(pattern).error().kind == ErrorKind::index_missing);
    test::Engine nothing = engine({{look, answer_of_engine(404, "")}});
    CHECK(preview(nothing).has_error());
}

TEST_CASE("an empty index gets the whole mapping, and one of other documents is left alone") {
    test::Engine empty = engine({{create, there}, {look, described("{}")}, {complete, acknowledged}});
    CHECK(install(empty)->added.size() == health_mapping(std::array{test::bills()}).size());
    test::Engine others = engine({{create, there}, {look, described(R"({"properties":{"subject":{"type":"text"}}})")}});
    const auto refused = install(others);
    REQUIRE(refused.has_error());
    CHECK(refused.error().message ==
          "index health_v1 at http://es:9200 holds other documents: none of its fields belongs to a snapshot");
    CHECK(refused.error().hint == Hint(Remedy::choose_health_index));
    CHECK(others.asked() == Asked{create, look});
}

TEST_CASE("a field of another type is named, and nothing is changed") {
    test::Engine other =
        engine({{create, there},
                {look, described(R"({"properties":{"index":{"type":"keyword"},"missing":{"type":"text"}}})")}});
    const auto refused = install(other);
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind == ErrorKind::rejected);
    CHECK(refused.error().message ==
          "index health_v1 at http://es:9200 has another mapping: field missing is text, not integer");
    CHECK(refused.error().hint == Hint(Remedy::delete_health_index));
    CHECK(other.asked() == Asked{create, look});
}

TEST_CASE("a closed index is said to be closed") {
    test::Engine closed = engine(
        {{create, there}, {look, described(mapping({test::bills()}), R"({"index.verified_before_close":"true"})")}});
    CHECK(install(closed).error().message == "index health_v1 at http://es:9200 is closed");
    CHECK(install(closed).error().hint == Hint(Remedy::open_health_index));
}

TEST_CASE("a description that is not one is no agreement") {
    for (const std::string body :
         {R"({"health_v1":{}})", R"({"health_v1":{"mappings":[]}})", R"({"health_v1":7})", "<html>"}) {
        CAPTURE(body);
        test::Engine strange = engine({{create, there}, {look, answer_of_engine(200, body)}});
        CHECK(install(strange).error().kind == ErrorKind::bad_response);
    }
}

TEST_CASE("credentials that may not create it may use the one that is there") {
    const auto forbidden = error_of_engine(403, "security_exception", "not allowed");
    test::Engine allowed =
        engine({{create, forbidden}, {exists, answer_of_engine(200, "")}, {look, described(mapping({test::bills()}))}});
    CHECK(*install(allowed) == Installed{.created = false});
    test::Engine missing = engine({{create, forbidden}, {exists, answer_of_engine(404, "")}});
    CHECK(install(missing).error().kind == ErrorKind::unauthorized);
}

TEST_CASE("fields that no index can have together are refused before anything is sent") {
    test::Engine none = engine({});
    const std::array impossible{FieldMapping{.field = "a", .type = "integer"},
                                FieldMapping{.field = "a.b", .type = "integer"}};
    const auto refused = index(none).install(impossible, Deadline::after(20s));
    REQUIRE(refused.has_error());
    CHECK(refused.error().message.starts_with("cannot create health_v1: the fields a and a.b cannot both be"));
    CHECK(none.requests.empty());
}

TEST_CASE("too many fields are said to be so, with what to raise") {
    const auto limit =
        error_of_engine(400, "illegal_argument_exception", "Limit of total fields [1] has been exceeded");
    test::Engine full = engine({{create, limit}});
    const auto refused = install(full, {test::invoices()});
    REQUIRE(refused.has_error());
    CHECK(refused.error().message ==
          "cannot create health_v1 at http://es:9200: 8 fields, such as derived.overdue, exceed its limit");
    CHECK(refused.error().hint.sentence().find("index.mapping.total_fields.limit") != std::string::npos);
    test::Engine growing = engine({{create, there}, {look, described(mapping({test::bills()}))}, {complete, limit}});
    CHECK(install(growing, {test::bills(), test::invoices()}).error().message.ends_with("exceed its limit"));
}

TEST_CASE("a document is stored where the health index exists") {
    test::Engine good = engine({{exists, answer_of_engine(200, "")}, {bulk, stored({"1"})}});
    const auto results = append(good, {flat("1")});
    REQUIRE(results.size() == 1);
    CHECK(results[0].has_value());
    CHECK(good.asked() == Asked{exists, bulk});
    CHECK(append(good, {}).empty());
    CHECK(good.requests.size() == 2);
}

TEST_CASE("nothing is written where the engine would guess a mapping") {
    const auto first = [](test::Engine lacking, const HealthDocument& document) {
        const auto results = append(lacking, {document});
        for (const std::string& request : lacking.asked())
            CHECK(request != bulk);
        REQUIRE(results.size() == 1);
        REQUIRE(results[0].has_error());
        CHECK(results[0].error().kind == ErrorKind::index_missing);
        CHECK(results[0].error().hint == Hint(Remedy::create_health_index));
        return results[0].error().message;
    };
    CHECK(first(engine({{exists, answer_of_engine(404, "")}}), flat("1")) ==
          "the health index health_v1 does not exist at http://es:9200");
    CHECK(first(engine({{mapping_of, error_of_engine(404, "index_not_found_exception")}}), nested("1")) ==
          "the health index health_v1 does not exist at http://es:9200");
    CHECK(first(engine({{mapping_of, described(mapping({test::bills()}))}}), nested("1")) ==
          "cannot write to health_v1: it lacks the field backfill");
}

TEST_CASE("a document whose fields are not mapped does not keep the others from being stored") {
    test::Engine partly = engine({{mapping_of, described(mapping({test::bills()}))}, {bulk, stored({"1", "3"})}});
    const auto results = append(partly, {flat("1"), nested("2"), flat("3")});
    REQUIRE(results.size() == 3);
    CHECK(results[0].has_value());
    CHECK(results[1].has_error());
    CHECK(results[2].has_value());
    CHECK(partly.requests.back().body.find(R"("_id":"2")") == std::string::npos);
}

TEST_CASE("behind an alias, one index with the fields is enough") {
    const auto two = answer_of_engine(200, R"({"health-1":{"mappings":)" + mapping({test::bills()}) +
                                               R"(},"health-2":{"mappings":)" + mapping({test::invoices()}) + "}}");
    test::Engine alias = engine({{mapping_of, two}, {bulk, stored({"1"})}});
    CHECK(append(alias, {nested("1")})[0].has_value());
}

TEST_CASE("credentials that may only write do so") {
    test::Engine by_head = engine({{exists, answer_of_engine(403, "")}, {bulk, stored({"1"})}});
    CHECK(append(by_head, {flat("1")})[0].has_value());
    test::Engine by_mapping = engine({{mapping_of, error_of_engine(403, "security_exception")}, {bulk, stored({"1"})}});
    CHECK(append(by_mapping, {nested("1")})[0].has_value());
    test::Engine gone =
        engine({{exists, answer_of_engine(403, "")}, {bulk, error_of_engine(404, "index_not_found_exception")}});
    CHECK(append(gone, {flat("1")})[0].error().hint == Hint(Remedy::create_health_index));
}

TEST_CASE("a proxy that lets nobody ask for the mapping does not make the index absent") {
    test::Engine proxy = engine({{mapping_of, answer_of_engine(404, "<html>no such route</html>")}});
    const auto refused = append(proxy, {nested("1")})[0];
    REQUIRE(refused.has_error());
    CHECK(refused.error().kind != ErrorKind::index_missing);
}

TEST_CASE("a failure is one of every document, and says what was attempted") {
    test::Engine half = engine({{exists, answer_of_engine(200, "")}}); // it is gone before the write
    test::Engine gone = engine({});
    test::Engine sick = engine({{exists, answer_of_engine(500, "")}});
    for (test::Engine* engine : {&half, &gone, &sick}) {
        const auto results = append(*engine, {flat("1"), flat("2")});
        REQUIRE(results.size() == 2);
        for (const auto& result : results) {
            REQUIRE(result.has_error());
            CHECK(result.error().message.starts_with("cannot write to health_v1"));
        }
    }
}
