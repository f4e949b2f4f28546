#include "kibana/answers.hpp"

#include <kibana/answer.hpp>
#include <kibana/remedy.hpp>

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <support.hpp>

using namespace health;
using namespace health::kibana;
using test::answer;

namespace {

const SavedObject dashboard{.type = "dashboard", .id = "overview", .title = "Backfill health"};
const SavedObject view{.type = "index-pattern", .id = "view", .title = "backfill_health_v1"};

/// What a reader makes of an answer that is not the one that it expects.
template <class T>
void check_unexpected(const Result<T>& result, const Hint& hint = Remedy::check_kibana_url) {
    REQUIRE(result.has_error());
    CHECK(result.error().kind == ErrorKind::bad_response);
    CHECK(result.error().message == "cannot import the dashboard at http://kibana:5601: the answer is not from Kibana");
    CHECK(result.error().hint == hint);
}

const Hint is_elasticsearch{"this is Elasticsearch; Kibana is another server, usually on port 5601"};

} // namespace

TEST_CASE("an import that succeeded names its objects, and the ids that they have in the space") {
    const auto report = read_report(answer(200, R"({"success":true,"successCount":2,"successResults":[
        {"type":"index-pattern","id":"view","destinationId":"other","createNewCopy":true,"meta":{"title":"backfill_health_v1"}},
        {"type":"dashboard","id":"overview","title":"Backfill health","meta":{"title":"not this one"}}]})"));
    REQUIRE(report.has_value());
    CHECK(report->count == 2);
    REQUIRE(report->accepted.size() == 2);
    CHECK(report->accepted[0].object == view);
    CHECK(report->accepted[0].destination_id == "other");
    CHECK(report->accepted[0].new_copy);
    CHECK(report->accepted[1].object == dashboard);
    CHECK(report->accepted[1].destination_id.empty());
    CHECK_FALSE(report->accepted[1].new_copy);
    CHECK(report->conflicts.empty());
    CHECK(report->refusals.empty());
}

TEST_CASE("an object that exists is a conflict, and one that is refused is an error that names it") {
    const auto report = read_report(answer(200, R"({"success":false,"successCount":1,
        "successResults":[{"type":"lens","id":"panel","meta":{"title":"Missing"}}],
        "errors":[
          {"type":"index-pattern","id":"view","meta":{"title":"backfill_health_v1"},"error":{"type":"conflict","destinationId":"d1"}},
          {"type":"dashboard","id":"overview","title":"Backfill health","error":
             {"type":"missing_references","references":[{"type":"lens","id":"p1"},{"type":"lens","id":"p2"},7]}},
          {"type":"map","id":"m","error":{"type":"unsupported_type"}},
          {"type":"tag","id":"t","error":{"type":"ambiguous_conflict","destinations":[{"id":"t1"},{"id":"t2"}]}},
          {"type":"search","id":"s","error":{"type":"unknown","message":"Document\n\u001b[2Jis too old","statusCode":400}},
          {"type":"url","id":"u"},
          "noise"]})"));
    REQUIRE(report.has_value());
    CHECK(report->accepted.size() == 1);
    REQUIRE(report->conflicts.size() == 1);
    CHECK(report->conflicts[0].object == view);
    CHECK(report->conflicts[0].destination_id == "d1");
    REQUIRE(report->refusals.size() == 5);
    CHECK(one_line(report->refusals[0], test::sentence) ==
          "Kibana refused dashboard \"Backfill health\" (overview): missing_references lens p1 lens p2; the file must "
          "contain every object that its objects refer to");
    CHECK(one_line(report->refusals[1], test::sentence) ==
          "Kibana refused map \"\" (m): unsupported_type; this Kibana does not support objects of this type");
    CHECK(one_line(report->refusals[2], test::sentence) ==
          "Kibana refused tag \"\" (t): ambiguous_conflict t1 t2; the space has "
          "several copies of it: delete all but one");
    CHECK(report->refusals[3].message.find("unknown: Document") != std::string::npos);
    CHECK(report->refusals[3].message.find('\x1b') == std::string::npos);
    CHECK(report->refusals[3].message.find('\n') == std::string::npos);
    CHECK(one_line(report->refusals[4], test::sentence) == "Kibana refused url \"\" (u): unknown reason");
    for (const Error& refusal : report->refusals)
        CHECK(refusal.kind == ErrorKind::rejected);
}

TEST_CASE("a conflict that cannot be resolved is an error that says what to do") {
    CHECK(one_line(conflict_error({.object = dashboard, .destination_id = {}}), test::sentence) ==
          "Kibana refused dashboard \"Backfill health\" (overview): conflict; it exists already; try again");
}

TEST_CASE("what is not the answer to an import is not counted") {
    for (const char* body : {"", "ok", "[]", "{}", R"({"success":true})", R"({"successCount":3})",
                             R"({"success":"true","successCount":3})", R"({"success":true,"successCount":-1})",
                             R"({"success":true,"successCount":1.5})", R"({"success":false,"successCount":3})",
                             R"({"success":false,"successCount":3,"errors":[]})",
                             R"({"success":false,"successCount":0,"errors":"conflict"})"}) {
        CAPTURE(body);
        check_unexpected(read_report(answer(200, body)));
    }
    check_unexpected(read_report(test::cut_off(R"({"success":true,"successCount":3})")));
    check_unexpected(read_report(test::answer_of_elasticsearch()), is_elasticsearch);
}

TEST_CASE("a status other than 200 says what to try") {
    const auto error = [](int status, const std::string& body = "") { return refusal(answer(status, body)); };
    CHECK(error(401).kind == ErrorKind::unauthorized);
    CHECK(error(401).hint == Hint(Remedy::kibana_credentials, "KIBANA_API_KEY"));
    CHECK(error(403).kind == ErrorKind::unauthorized);
    const std::map<int, Hint> hints{{404, Remedy::check_kibana_url_and_space},
                                    {503, Remedy::wait_for_kibana},
                                    {400, Remedy::check_kibana_url_and_log},
                                    {302, Remedy::check_kibana_url_and_log}};
    for (const auto& [status, hint] : hints) {
        CAPTURE(status);
        CHECK(error(status).kind == ErrorKind::rejected);
        CHECK(error(status).hint == hint);
    }
    CHECK(error(413).hint.sentence().find("too large") != std::string::npos);
    CHECK(error(422).hint.sentence().find("8.9 or later") != std::string::npos);
    CHECK(error(500).hint.sentence().find("Kibana's log") != std::string::npos);

    CHECK(error(400, R"({"statusCode":400,"message":"Invalid\tfile extension .txt"})").message ==
          "cannot import the dashboard at http://kibana:5601: status 400, Invalid file extension .txt");
    CHECK(error(400, "<html>").message == "cannot import the dashboard at http://kibana:5601: status 400");
    CHECK(error(400, R"({"message":")" + std::string(5000, 'x') + R"("})").message.size() < 300);
}

TEST_CASE("an Elasticsearch in place of Kibana is recognised, by its header or by its words") {
    const auto by_words = answer(400, R"({"error":"no handler found for uri [/api/status] and method [GET]"})");
    CHECK(refusal(by_words).hint == is_elasticsearch);
    auto by_header = test::answer_of_elasticsearch();
    check_unexpected(read_version(by_header), is_elasticsearch);
    by_header.response.status = 401;
    CHECK(read_version(by_header).error().hint == is_elasticsearch);
}

TEST_CASE("the version of Kibana") {
    CHECK(*read_version(answer(200, R"({"version":{"number":"8.12.2"}})")) == "8.12.2");
    const auto strange =
        read_version(answer(200, R"({"version":{"number":"8\u001b[31m)" + std::string(100, '9') + R"("}})"));
    REQUIRE(strange.has_value());
    CHECK(strange->find('\x1b') == std::string::npos);
    CHECK(strange->size() <= 60);
    for (const char* body :
         {"", "<html>", R"({"version":"8.12.2"})", R"({"version":{"number":8}})", R"({"version":{}})"}) {
        CAPTURE(body);
        check_unexpected(read_version(answer(200, body)));
    }
}

TEST_CASE("only Kibana's own 404 means that something is missing") {
    CHECK(is_missing(answer(404, R"({"statusCode":404,"error":"Not Found","message":"Not Found"})")));
    CHECK_FALSE(is_missing(answer(404, "<html>404 Not Found</html>")));
    CHECK_FALSE(is_missing(answer(404, R"({"statusCode":403})")));
    CHECK_FALSE(is_missing(answer(200, R"({"statusCode":404})")));
    auto cut = test::cut_off(R"({"statusCode":404})");
    cut.response.status = 404;
    CHECK_FALSE(is_missing(cut));
}

TEST_CASE("a space exists when Kibana answers with it") {
    CHECK(read_space(answer(200, R"({"id":"ops","name":"Operations"})"), "ops").has_value());
    check_unexpected(read_space(answer(200, R"({"id":"default"})"), "ops"));
    check_unexpected(read_space(answer(200, "<html>login</html>"), "ops"));
    const auto missing = read_space(answer(404, R"({"statusCode":404})"), "ops\n");
    REQUIRE(missing.has_error());
    CHECK(missing.error().hint == Hint(Remedy::create_space));
    CHECK(missing.error().message.find("there is no space \"ops") != std::string::npos);
    CHECK(missing.error().message.find('\n') == std::string::npos);
    CHECK(read_space(answer(404, "not found"), "ops").error().hint == Hint(Remedy::check_kibana_url_and_space));
    CHECK(read_space(answer(403, ""), "ops").error().kind == ErrorKind::unauthorized);
}

TEST_CASE("a stored object is the one that was asked for") {
    const std::string body =
        R"({"type":"dashboard","id":"overview","originId":"first","attributes":{"title":"Backfill health"}})";
    const auto found = read_object(answer(200, body), "dashboard", "overview");
    REQUIRE(found.has_value());
    CHECK(found->object == dashboard);
    CHECK(found->origin_id == "first");
    check_unexpected(read_object(answer(200, body), "dashboard", "another"));
    check_unexpected(read_object(answer(200, body), "lens", "overview"));
    check_unexpected(read_object(test::cut_off(body), "dashboard", "overview"));
    const auto missing = read_object(answer(404, R"({"statusCode":404})"), "dashboard", "overview");
    REQUIRE(missing.has_error());
    CHECK(missing.error().kind == ErrorKind::rejected);
    CHECK(missing.error().message ==
          "cannot import the dashboard at http://kibana:5601: dashboard overview is missing after the import");
}

TEST_CASE("a page of stored objects") {
    const auto page = read_page(answer(200, R"({"page":1,"per_page":500,"total":7,"saved_objects":[
        {"type":"dashboard","id":"overview","attributes":{"title":"Backfill health"}},
        {"type":"tag","id":"untitled","attributes":{}}, null]})"));
    REQUIRE(page.has_value());
    CHECK(page->total == 7);
    REQUIRE(page->objects.size() == 2);
    CHECK(page->objects[0].object == dashboard);
    CHECK(page->objects[1].object.title.empty());
    CHECK(read_page(answer(200, R"({"total":0,"saved_objects":[]})"))->objects.empty());
    for (const char* body : {"", "{}", R"({"total":1})", R"({"saved_objects":[]})",
                             R"({"total":-1,"saved_objects":[]})", R"({"total":1,"saved_objects":{}})"}) {
        CAPTURE(body);
        check_unexpected(read_page(answer(200, body)));
    }
    CHECK(read_page(answer(403, "")).error().kind == ErrorKind::unauthorized);
}
