#include "support.hpp"

#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/index_path.hpp>
#include <elasticsearch/measurement.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace health;
using namespace health::elasticsearch;

namespace {

const std::string good =
    R"({"took":1,"timed_out":false,"_shards":{"total":2,"successful":2,"skipped":0,"failed":0},)"
    R"("hits":{"total":{"value":22,"relation":"eq"},"hits":[]},)"
    R"("aggregations":{"missing":{"doc_count":2},"present":{"doc_count":20},"derived":{"doc_count":18}}})";

Result<Snapshot> read(std::string body, int status = 200) {
    const Backfill bills = test::bills();
    return to_snapshots({&bills},
                        {.response = {.status = status, .headers = {}, .body = std::move(body), .body_problem = {}},
                         .from = "http://es"},
                        test::at("2025-10-10T14:22:31Z"))
        .front();
}

std::string changed(std::string_view from, std::string_view to) {
    std::string out = good;
    const auto where = out.find(from);
    REQUIRE(where != std::string::npos);
    return out.replace(where, from.size(), to);
}

ErrorKind kind(const Result<Snapshot>& result) {
    REQUIRE(!result.has_value());
    return result.error().kind;
}

} // namespace

TEST_CASE("a complete answer is a snapshot") {
    const auto snapshot = read(good);
    REQUIRE(snapshot.has_value());
    CHECK(*snapshot == test::snapshot(2, 20, 18));
}

TEST_CASE("one engine says terminated_early of complete answers") {
    CHECK(read(changed(R"("timed_out")", R"("terminated_early":true,"timed_out")")).has_value());
}

TEST_CASE("what the engine says itself to be incomplete is partial") {
    CHECK(kind(read(changed(R"("timed_out":false)", R"("timed_out":true)"))) == ErrorKind::partial);
    CHECK(kind(read(changed(R"("failed":0)", R"("failed":1)"))) == ErrorKind::partial);
    CHECK(kind(read(changed(R"("successful":2)", R"("successful":1)"))) == ErrorKind::partial);
    CHECK(kind(read(changed(R"("relation":"eq")", R"("relation":"gte")"))) == ErrorKind::partial);
    CHECK(kind(read(changed(R"("took":1)", R"("_clusters":{"total":2,"successful":1,"skipped":1})"))) ==
          ErrorKind::partial);
    CHECK(
        kind(read(R"({"error":{"type":"search_phase_execution_exception","reason":"all shards failed"},"status":503})",
                  503)) == ErrorKind::partial);
    CHECK(kind(read(
              R"({"error":{"type":"search_phase_execution_exception","reason":"Partial shards failure"},"status":400})",
              400)) == ErrorKind::partial);
}

TEST_CASE("no shards at all is a missing index") {
    CHECK(kind(read(changed(R"("total":2,"successful":2)", R"("total":0,"successful":0)"))) ==
          ErrorKind::index_missing);
    CHECK(kind(read(R"({"error":{"type":"index_not_found_exception","reason":"no such index [x]"},"status":404})",
                    404)) == ErrorKind::index_missing);
}

TEST_CASE("an answer that is not what was asked for gives no number") {
    for (const std::string& body :
         {std::string("<html></html>"), std::string("{}"), std::string("[]"), std::string(), good.substr(0, 100),
          good + "x", changed(R"("value":22)", R"("value":21)"), changed(R"("value":22)", R"("value":"22")"),
          changed(R"("doc_count":2})", R"("doc_count":1.5})"), changed(R"("doc_count":2})", R"("doc_count":-5})"),
          changed(R"("doc_count":2})", R"("doc_count":9223372036854775808})"),
          changed(R"("doc_count":18)", R"("doc_count":21)"), changed(R"("derived")", R"("other")"),
          changed(R"("timed_out":false)", R"("timed_out":"false")"), changed(R"("_shards")", R"("shards")"),
          changed(R"(,"relation":"eq")", ""),
          changed(R"("missing":{"doc_count":2})", R"("missing":{"doc_count":3},"missing":{"doc_count":2})"),
          changed(R"("doc_count":18)", R"("doc_count":17,"doc_count":18)")}) {
        CAPTURE(body);
        CHECK(kind(read(body)) == ErrorKind::bad_response);
    }
}

TEST_CASE("refusals") {
    CHECK(kind(read("", 401)) == ErrorKind::unauthorized);
    CHECK(kind(read("{}", 403)) == ErrorKind::unauthorized);
    CHECK(kind(read("Not Found", 404)) == ErrorKind::rejected);
    CHECK(kind(read(R"({"error":"plain words","status":400})", 400)) == ErrorKind::rejected);
    CHECK(kind(read("", 302)) == ErrorKind::rejected);
    CHECK(kind(read("", 503)) == ErrorKind::rejected);
    CHECK(
        kind(read(
            R"({"error":{"type":"search_phase_execution_exception","reason":"","caused_by":{"type":"too_many_buckets_exception"}}})",
            503)) == ErrorKind::rejected);
}

TEST_CASE("a block is no lack of a privilege") {
    const auto blocked = [](int status) {
        return read(R"({"error":{"type":"cluster_block_exception","reason":"index [a] blocked by: [FORBIDDEN/5/index )"
                    R"(read-only (api)];"},"status":403})",
                    status)
            .error();
    };
    CHECK(blocked(403).kind == ErrorKind::rejected);
    CHECK(blocked(403).hint == Hint(Remedy::remove_block));
    CHECK(blocked(429).hint == Hint(Remedy::remove_block)); // a full disk
    CHECK(blocked(503).hint != Hint(Remedy::remove_block)); // the cluster has no master yet
}

TEST_CASE("shards that cannot run the query do not make the cluster sick") {
    const auto partial = [](const std::string& type) {
        return read(R"({"error":{"root_cause":[{"type":")" + type +
                        R"(","reason":"no such field"}],"type":"search_phase_execution_exception","reason":)"
                        R"("Partial shards failure","phase":"query","grouped":true,"failed_shards":[{"shard":0,)"
                        R"("index":"a","reason":{"type":")" +
                        type + R"(","reason":"no such field"}}]},"status":400})",
                    400)
            .error();
    };
    CHECK(partial("query_shard_exception").kind == ErrorKind::rejected);
    CHECK(partial("illegal_argument_exception").kind == ErrorKind::rejected);
    CHECK(partial("query_shard_exception").message.find("no such field") != std::string::npos);
    CHECK(partial("i_o_exception").kind == ErrorKind::partial);
}

TEST_CASE("a field that cannot be counted does not make the engine busy") {
    const auto error =
        read(
            R"({"error":{"root_cause":[],"type":"search_phase_execution_exception","reason":"all shards failed",)"
            R"("caused_by":{"type":"illegal_state_exception","reason":"FieldExistsQuery requires that the field indexes )"
            R"(doc values, norms or vectors, but field 'dates' exists and indexes neither"}},"status":500})",
            500)
            .error();
    CHECK(error.kind == ErrorKind::rejected);
    CHECK(error.hint.sentence().find("reindex") != std::string::npos);
}

TEST_CASE("a cause stands by itself where there is no other reason") {
    const auto error = read(R"({"error":{"type":"search_phase_execution_exception","reason":"","caused_by":)"
                            R"({"type":"too_many_buckets_exception","reason":"Trying to create too many buckets."}},)"
                            R"("status":400})",
                            400)
                           .error();
    CHECK(error.message.find("search_phase_execution_exception: Trying to create") != std::string::npos);
    CHECK(error.hint.sentence().find("search.max_buckets") != std::string::npos);
}

TEST_CASE("an engine that runs no scripts says so in four ways") {
    for (const std::string reason :
         {"cannot execute [inline] scripts", "cannot execute scripts using [filter] context",
          "script_lang not supported [painless]",
          "[script] queries cannot be executed when 'search.allow_expensive_queries' is set to false."}) {
        CAPTURE(reason);
        const Error error = read(R"({"error":{"type":"search_phase_execution_exception","reason":"all shards failed",)"
                                 R"("root_cause":[{"type":"exception","reason":")" +
                                     reason + R"("}]}})",
                                 400)
                                .error();
        CHECK(error.kind == ErrorKind::rejected);
        CHECK(error.message.ends_with(": it needs a script, and scripts are switched off"));
        CHECK(error.hint.sentence().find("script.allowed_types") != std::string::npos);
    }
}

TEST_CASE("a refusal is in the words of who refuses") {
    const auto words = [](std::string body) {
        http::Response response;
        response.status = 410;
        response.body = std::move(body);
        return elasticsearch::describe_refusal(response);
    };
    CHECK(
        words(
            R"({"error":{"type":"api_not_available_exception","reason":"Request for uri [/_cluster/health] with method )"
            R"([GET] exists but is not available when running in serverless mode"},"status":410})")
            .ends_with(", not available when running in serverless mode"));
    CHECK(words(R"({"message":"User: x is not authorized"})").ends_with(", User: x is not authorized"));
    CHECK(words(R"({"Message":"Your request is not allowed"})").ends_with(", Your request is not allowed"));
    CHECK(words(R"({"error":"plain words","message":"more"})").ends_with(", plain words"));
}

TEST_CASE("index names are the engine's to judge, unless they leave the path") {
    CHECK(*index_path("a,b-*") == "a,b-*");
    CHECK(*index_path("a/b") == "a%2Fb");
    CHECK(*index_path("<logs-{now/d}>") == "%3Clogs-%7Bnow%2Fd%7D%3E");
    for (const char* name : {"", ".", "..", "../x", "a/../b"}) {
        CAPTURE(name);
        REQUIRE(!index_path(name).has_value());
        CHECK(index_path(name).error().kind == ErrorKind::usage);
    }
}
