#include <elasticsearch/bulk.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace health;
using namespace health::elasticsearch;

namespace {

const std::array documents{HealthDocument{"a", {{"missing", 1}}}, HealthDocument{"b", {{"missing", 2}}}};

remote::Answer answer(std::string body, int status = 200) {
    return {.response = {.status = status, .headers = {}, .body = std::move(body), .body_problem = {}},
            .from = "http://es"};
}

/// Of the second document; the first one is stored.
Result<void> stored(const std::string& item) {
    const auto results = to_stored(
        "cannot write to health", documents,
        answer(R"({"errors":true,"items":[{"create":{"_id":"a","result":"created","status":201}},)" + item + "]}"));
    REQUIRE(results.size() == 2);
    CHECK(results[0].has_value());
    return results[1];
}

ErrorKind kind(const Result<void>& result) {
    REQUIRE(!result.has_value());
    return result.error().kind;
}

} // namespace

TEST_CASE("documents are created under their ids") {
    const auto request = bulk_request("health", documents);
    CHECK(request.method == "POST");
    CHECK(request.target == "/health/_bulk");
    CHECK(request.body == R"({"create":{"_id":"a"}}
{"missing":1}
{"create":{"_id":"b"}}
{"missing":2}
)");
}

TEST_CASE("each document has its own result") {
    CHECK(stored(R"({"create":{"_id":"b","result":"created","status":201}})").has_value());
    const auto refused =
        stored(R"({"create":{"_id":"b","status":400,"error":{"type":"document_parsing_exception","reason":"no"}}})");
    CHECK(kind(refused) == ErrorKind::rejected);
    CHECK(refused.error().message == "cannot write to health at http://es: status 400, document_parsing_exception: no");
    CHECK(kind(stored(R"({"create":{"_id":"b","status":403,"error":{"type":"security_exception","reason":"x"}}})")) ==
          ErrorKind::unauthorized);
    CHECK(kind(stored(
              R"({"create":{"_id":"b","status":404,"error":{"type":"index_not_found_exception","reason":"x"}}})")) ==
          ErrorKind::index_missing);
}

TEST_CASE("a conflict with our own id means that it is stored") {
    const std::string conflict = R"("error":{"type":"version_conflict_engine_exception","reason":"exists"}}})";
    CHECK(stored(R"({"create":{"_id":"b","status":409,)" + conflict).has_value());
    CHECK(kind(stored(R"({"create":{"_id":"c","status":409,)" + conflict)) == ErrorKind::bad_response);
    CHECK(kind(stored(R"({"create":{"_id":"b","status":409,"error":{"type":"x","reason":"y"}}})")) ==
          ErrorKind::rejected);
}

TEST_CASE("what does not say that it was stored was not") {
    for (const char* item :
         {"1", "{}", R"({"create":{}})", R"({"create":{"_id":"b"}})", R"({"create":{"_id":"b","status":201}})",
          R"({"create":{"_id":"a","result":"created","status":201}})",
          R"({"create":{"_id":"b","result":"updated","status":200}})",
          R"({"index":{"_id":"b","result":"created","status":201}})",
          R"({"create":{"_id":"b","result":"created","status":500}})"}) {
        CAPTURE(item);
        CHECK(kind(stored(item)) == ErrorKind::bad_response);
    }
    for (const char* body : {"", "{}", "[]", R"({"items":[]})", R"({"items":{}})",
                             R"({"items":[{"create":{"_id":"a","result":"created","status":201}}]})"}) {
        CAPTURE(body);
        for (const auto& result : to_stored("cannot write to health", documents, answer(body)))
            CHECK(kind(result) == ErrorKind::bad_response);
    }
}

TEST_CASE("a refused request stores nothing") {
    for (const auto& result : to_stored("cannot write to health", documents, answer("", 503)))
        CHECK(kind(result) == ErrorKind::rejected);
}

TEST_CASE("a busy engine says so of some documents") {
    const auto busy = [](std::string body) { return some_are_busy(answer(std::move(body)).response); };
    CHECK(busy(R"({"items":[{"create":{"status":201}},{"create":{"status":429,"error":{}}}]})"));
    CHECK(!busy(R"({"items":[{"create":{"status":201}},{"create":{"status":400,"error":{}}}]})"));
    CHECK(!busy(R"({"items":[{"create":{"status":201}}]})"));
}
