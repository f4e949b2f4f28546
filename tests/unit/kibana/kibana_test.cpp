#include "scripted_server.hpp"

#include <kibana/kibana.hpp>
#include <kibana/remedy.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace health;
using test::patience;
using test::ScriptedServer;

namespace {

const SavedObject dashboard{.type = "dashboard", .id = "overview", .title = "Backfill health"};
const SavedObject view{.type = "index-pattern", .id = "view", .title = "backfill_health_v1"};
const SavedObjects both{.ndjson = "{}\n{}\n", .objects = {view, dashboard}};

const std::string one_is_there =
    R"({"success":false,"successCount":1,)"
    R"("successResults":[{"type":"dashboard","id":"overview","title":"Backfill health"}],)"
    R"("errors":[{"type":"index-pattern","id":"view","title":"backfill_health_v1","error":{"type":"conflict"}}]})";
const std::string one_was_made =
    R"({"success":true,"successCount":1,)"
    R"("successResults":[{"type":"dashboard","id":"overview","title":"Backfill health"}]})";
const std::string the_dashboard = R"({"type":"dashboard","id":"overview","attributes":{"title":"Backfill health"}})";

std::string view_of(const std::string& indices) {
    return R"({"type":"index-pattern","id":"view","attributes":{"title":")" + indices + R"("}})";
}

std::string answer(const std::string& body, const std::string& status = "200 OK") {
    return test::http_answer(status, body, "kbn-name: kibana\r\nContent-Type: application/json\r\n");
}

Kibana kibana_at(const Url& url) {
    auto made =
        Kibana::make({.nodes = {url}, .credentials = {}, .reread_credentials = {}, .tls = {}, .retries = 0}, "");
    REQUIRE(made.has_value());
    return *std::move(made);
}

} // namespace

TEST_CASE("what is there already stays, and the rest comes with a second request") {
    // What must not be sent twice has a connection of its own.
    ScriptedServer server({{answer(one_is_there), answer(one_was_made)}, {answer(the_dashboard)}});
    const auto imported = kibana_at(server.url()).import(both, ImportMode::keep, Deadline::after(patience));
    REQUIRE(imported.has_value());
    CHECK(imported->count == 1);
    CHECK(imported->kept == std::vector{view});
    CHECK(imported->dashboard_urls == std::vector{server.url().shown() + "/app/dashboards#/view/overview"});
    const auto requests = server.requests();
    REQUIRE(requests.size() == 3);
    CHECK(requests[0].starts_with("POST /api/saved_objects/_import"));
    CHECK(requests[1].starts_with("POST /api/saved_objects/_resolve_import_errors"));
    CHECK(requests[2].starts_with("GET "));
}

TEST_CASE("a data view that stays has to read the index of the new dashboard") {
    for (const auto& [indices, covers] : {std::pair("backfill_health_v1", true), std::pair("logs, backfill_*", true),
                                          std::pair("backfill_health_v2", false)}) {
        CAPTURE(indices);
        ScriptedServer server(
            {{answer(one_is_there), answer(one_was_made), answer(view_of(indices)), answer(the_dashboard)}});
        const auto imported = kibana_at(server.url()).import(both, ImportMode::complete, Deadline::after(patience));
        CHECK(imported.has_value() == covers);
        if (covers)
            continue;
        REQUIRE(imported.error().size() == 1);
        CHECK(imported.error().front().message.ends_with(
            "whose data view reads backfill_health_v2 instead of backfill_health_v1"));
        CHECK(imported.error().front().hint == Hint(kibana::Remedy::import_dashboard));
    }
}

TEST_CASE("a Kibana that is starting is waited for, until the deadline") {
    Result<void> ready;
    for (int attempt = 0; attempt < 5 && (ready || ready.error().kind == ErrorKind::timeout); ++attempt) {
        ScriptedServer server({{answer("{}", "503 Service Unavailable")}}); // may be held up for longer than that
        ready = kibana_at(server.url()).wait_until_ready(Deadline::after(std::chrono::milliseconds(400)));
        REQUIRE(ready.has_error());
    }
    CHECK(ready.error().hint == Hint(kibana::Remedy::wait_for_kibana));
}

TEST_CASE("a look at Kibana that the deadline cuts short says less than the one before it") {
    Result<void> ready;
    for (int attempt = 0; attempt < 5 && (ready || ready.error().kind == ErrorKind::timeout); ++attempt) {
        ScriptedServer server({{answer("{}", "503 Service Unavailable"), "", "never"}});
        ready = kibana_at(server.url()).wait_until_ready(Deadline::after(std::chrono::milliseconds(900)));
        REQUIRE(ready.has_error());
    }
    CHECK(ready.error().hint == Hint(kibana::Remedy::wait_for_kibana));
}

TEST_CASE("one that nobody has named may be absent") {
    const Url gone = ScriptedServer(ScriptedServer::Connections{}).url();
    CHECK(kibana_at(gone).examine(true, Deadline::after(patience)).severity == Severity::problem);
    const Finding found = kibana_at(gone).examine(false, Deadline::after(patience));
    CHECK(found.severity == Severity::warning);
    CHECK(found.hint == Hint(kibana::Remedy::name_kibana));
}
