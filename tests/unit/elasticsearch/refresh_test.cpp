#include "elasticsearch/backfills.hpp"
#include "elasticsearch/engine.hpp"
#include "support.hpp"

#include <base/text.hpp>
#include <elasticsearch/refresh.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace health;
using namespace std::chrono_literals;
using test::answer_of_engine;
using test::backfills_on;

namespace {

constexpr std::string_view refreshed = R"({"_shards":{"total":2,"successful":1,"failed":0}})";

/// The index expression of a refresh.
std::string path_of(const http::Request& request) {
    return request.target.substr(1, request.target.find("/_refresh") - 1);
}

/// An engine that refuses these indices, alone and beside others.
test::Engine engine_without(std::set<std::string> refused, int status = 404) {
    return {.on_request = [refused = std::move(refused), status](const http::Request& request) -> test::Engine::Answer {
        const std::string path = path_of(request);
        for (const std::string_view name : split(path, ','))
            if (refused.contains(std::string(name)))
                return answer_of_engine(
                    status, R"({"error":{"type":"index_not_found_exception","reason":"no such index"},"status":404})");
        return answer_of_engine(200, std::string(refreshed));
    }};
}

std::vector<Result<void>> refresh(test::Engine& engine, const std::vector<Backfill>& backfills) {
    return elasticsearch::refresh(engine.send(), backfills, Deadline::after(20s));
}

bool all_good(const std::vector<Result<void>>& results) {
    return std::ranges::all_of(results, [](const auto& result) { return result.has_value(); });
}

} // namespace

TEST_CASE("the indices of all backfills are refreshed in one request, each once") {
    test::Engine engine = engine_without({});
    CHECK(all_good(refresh(engine, backfills_on({"a", "b-*", "a", "c,d"}))));
    CHECK(engine.asked() == std::vector<std::string>{"POST /a,b-*,c,d/_refresh?allow_no_indices=false"});
    CHECK(refresh(engine, {}).empty());
    CHECK(engine.requests.size() == 1);
}

TEST_CASE("a missing index is named, and spoils no other") {
    test::Engine engine = engine_without({"b"});
    const auto results = refresh(engine, backfills_on({"a", "b", "c", "d", "b"}));
    REQUIRE(results.size() == 5);
    for (const std::size_t i : {0U, 2U, 3U})
        CHECK(results[i].has_value());
    for (const std::size_t i : {1U, 4U}) {
        REQUIRE(results[i].has_error());
        CHECK(results[i].error().kind == ErrorKind::index_missing);
        CHECK(results[i].error().message.starts_with("cannot refresh b at http://es:9200: "));
    }
}

TEST_CASE("an exclusion removes from everything before it, and is therefore sent alone") {
    test::Engine engine = engine_without({});
    CHECK(all_good(refresh(engine, backfills_on({"a", "b*,-b1", "c", "d"}))));
    CHECK(engine.asked() == std::vector<std::string>{"POST /a/_refresh?allow_no_indices=false",
                                                     "POST /b*,-b1/_refresh?allow_no_indices=false",
                                                     "POST /c,d/_refresh?allow_no_indices=false"});
}

TEST_CASE("a name that is none is not sent") {
    test::Engine engine = engine_without({});
    const auto results = refresh(engine, backfills_on({"../_all", "a"}));
    REQUIRE(results.size() == 2);
    REQUIRE(results[0].has_error());
    CHECK(results[0].error().kind == ErrorKind::usage);
    CHECK(results[1].has_value());
    CHECK(engine.asked() == std::vector<std::string>{"POST /a/_refresh?allow_no_indices=false"});
}

TEST_CASE("an engine that answers nobody is not asked again in parts") {
    for (const int status : {401, 429, 500, 503}) {
        CAPTURE(status);
        test::Engine engine = engine_without({"a"}, status);
        const auto results = refresh(engine, backfills_on({"a", "b"}));
        CHECK(engine.requests.size() == 1);
        REQUIRE(results.size() == 2);
        for (const auto& result : results)
            CHECK(result.has_error());
        CHECK(results[1].error().message.starts_with("cannot refresh b "));
    }
    test::Engine gone{.on_request = [](const http::Request&) { return test::error(ErrorKind::unreachable); }};
    const auto results = refresh(gone, backfills_on({"a", "b"}));
    CHECK(gone.requests.size() == 1);
    CHECK(results[1].error().kind == ErrorKind::unreachable);
    CHECK(results[1].error().message == "cannot refresh b: no answer");
}

TEST_CASE("a shard that was not refreshed, or an answer without shards, is a failure") {
    const auto kind = [](const std::string& body) {
        test::Engine engine{.on_request = [&](const http::Request&) { return answer_of_engine(200, body); }};
        const auto results = refresh(engine, backfills_on({"a"}));
        REQUIRE(results.front().has_error());
        return results.front().error().kind;
    };
    CHECK(kind(R"({"_shards":{"total":2,"successful":1,"failed":1}})") == ErrorKind::partial);
    CHECK(kind("{}") == ErrorKind::bad_response);
    CHECK(kind("<html>") == ErrorKind::bad_response);
}

TEST_CASE("a request line never gets longer than an engine takes") {
    std::vector<std::string> names;
    std::string list;
    for (int i = 0; i < 300; ++i) {
        names.push_back("invoices-of-a-long-name-" + std::to_string(i));
        list += (list.empty() ? "" : ",") + names.back();
    }
    const auto check = [&](const std::vector<Backfill>& backfills) {
        test::Engine engine = engine_without({});
        CHECK(all_good(refresh(engine, backfills)));
        std::set<std::string> seen;
        for (const auto& request : engine.requests) {
            CHECK(request.target.size() < 4000);
            const std::string path = path_of(request);
            for (const std::string_view name : split(path, ','))
                seen.emplace(name);
        }
        CHECK(seen == std::set<std::string>(names.begin(), names.end()));
        CHECK(engine.requests.size() < 6);
    };
    check(backfills_on(names));
    check(backfills_on({list})); // a part that is missing is missed
    test::Engine lacking = engine_without({names.back()});
    CHECK(refresh(lacking, backfills_on({list})).front().has_error());
}
