#include "elasticsearch/engine.hpp"
#include "fake_store.hpp"
#include "support.hpp"

#include <elasticsearch/doctor/examination.hpp>

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

namespace {

remote::Answer greeting() {
    auto out = answer_of_engine(200, R"({"name":"n","cluster_name":"c","cluster_uuid":"u",)"
                                     R"("version":{"number":"8.19.0"},"tagline":"You Know, for Search"})");
    out.response.headers.push_back({"X-Elastic-Product", "Elasticsearch"});
    return out;
}

Examination examine(test::Engine& engine, const std::vector<Backfill>& backfills = {test::bills()}) {
    test::FakeStore store;
    RemoteSettings settings;
    settings.nodes = {*parse_url("http://es:9200")};
    store.on_measure = [](const Backfill&, const Deadline&) { return test::snapshot(2, 20, 18); };
    return elasticsearch::examine(store, engine.send(), settings, backfills, "backfill_health_v1", 1s);
}

Severity severity_of(const Examination& examination, std::string_view check) {
    const auto found = std::ranges::find(examination.findings, check, &Finding::check);
    REQUIRE(found != examination.findings.end());
    return found->severity;
}

} // namespace

TEST_CASE("of an engine that does not answer, nothing else is said") {
    test::Engine engine{.on_request = [](const http::Request&) -> test::Engine::Answer {
        return test::error(ErrorKind::unreachable, "cannot connect to http://es:9200");
    }};
    const auto found = examine(engine);
    CHECK_FALSE(found.reached);
    REQUIRE(found.findings.size() == 1);
    CHECK(found.findings[0].check == "connection");
    CHECK(found.findings[0].severity == Severity::problem);
    CHECK(found.findings[0].message == "cannot connect to http://es:9200");
    CHECK(engine.requests.size() == 1);
}

TEST_CASE("with credentials that are refused, no index is asked for") {
    test::Engine engine{.on_request = [](const http::Request&) { return answer_of_engine(401); }};
    const auto found = examine(engine);
    CHECK(found.reached);
    CHECK(severity_of(found, "credentials") == Severity::problem);
    CHECK(engine.asked() == std::vector<std::string>{"GET /", "GET /_security/_authenticate"});
}

TEST_CASE("a program that is no engine is not asked for indices") {
    test::Engine engine{.on_request = [](const http::Request&) { return answer_of_engine(200, "<html>"); }};
    const auto found = examine(engine);
    CHECK(std::ranges::any_of(found.findings, [](const Finding& each) { return each.severity == Severity::problem; }));
    CHECK(engine.asked() == std::vector<std::string>{"GET /"});
}

TEST_CASE("what may not be read is said to be unchecked, and the examination goes on") {
    test::Engine engine{.on_request = [](const http::Request& request) -> test::Engine::Answer {
        return request.target == "/" ? greeting() : answer_of_engine(403);
    }};
    const auto found = examine(engine);
    CHECK(found.store_identity == "cluster/u");
    for (const std::string_view check : {"health-index", "cluster", "clock", "disk"}) {
        CAPTURE(check);
        CHECK(severity_of(found, check) == Severity::warning);
    }
}

TEST_CASE("what two backfills share is asked for once") {
    test::Engine engine{.on_request = [](const http::Request& request) -> test::Engine::Answer {
        return request.target == "/" ? greeting() : answer_of_engine(403);
    }};
    auto twin = test::bills();
    twin.name = "twin";
    examine(engine, {test::bills(), twin});
    auto targets = engine.asked();
    // Each has a search for the documents whose values were dropped.
    std::erase_if(targets, [](const std::string& target) { return target.find("/_search?") != std::string::npos; });
    CHECK(std::set(targets.begin(), targets.end()).size() == targets.size());
    CHECK(targets.size() == 9);
}
