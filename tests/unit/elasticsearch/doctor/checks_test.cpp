#include "answers.hpp"
#include "findings.hpp"
#include "support.hpp"

#include <elasticsearch/doctor/checks.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace health;
using namespace health::elasticsearch;
using namespace std::chrono_literals;
using test::says;
namespace json = boost::json;
using test::object;

namespace {

remote::Answer answer(int status, std::string body, std::vector<http::Header> headers = {}) {
    return {.response = {.status = status, .headers = std::move(headers), .body = std::move(body), .body_problem = {}},
            .from = "http://es"};
}

constexpr std::string_view url = "http://es";

} // namespace

TEST_CASE("credentials in clear text and certificates that end") {
    RemoteSettings settings;
    settings.nodes = {*parse_url("http://es.example:9200")};
    const auto now = test::at("2025-10-10T00:00:00Z");
    says(check_tls(settings, {}, now), Severity::ok, "no credentials");
    settings.credentials.api_key = "key";
    says(check_tls(settings, {}, now), Severity::warning, "clear text");
    settings.nodes = {*parse_url("http://localhost:9200"), *parse_url("http://127.0.0.2"), *parse_url("http://[::1]")};
    says(check_tls(settings, {}, now), Severity::ok, "this machine");
    settings.nodes = {*parse_url("https://es.example:9200")};
    says(check_tls(settings, now + std::chrono::days(15), now), Severity::ok, "15 days");
    says(check_tls(settings, now + std::chrono::days(13), now), Severity::warning, "13 days");
    settings.tls.insecure = true;
    const Finding unverified = check_tls(settings, now + std::chrono::days(15), now);
    says(unverified, Severity::warning, "not verified");
    CHECK(unverified.hint == Remedy::verify_certificates);
}

TEST_CASE("security that cannot be seen is not said to be off") {
    const remote::Answer unknown_path = answer(400, "no handler found for uri [/_security/_authenticate]");
    const ProductCheck opensearch{.finding = {}, .is_opensearch = true};
    says(check_credentials(unknown_path, true, opensearch), Severity::warning, "does not show whether");
    says(check_credentials(unknown_path, false, opensearch), Severity::ok, "requires none");
    says(check_credentials(answer(404, "not found"), true, ProductCheck{}), Severity::warning,
         "does not show whether"); // a proxy
}

TEST_CASE("OpenSearch is recognised although it pretends to be Elasticsearch") {
    const auto product = [](std::string_view body) { return check_product(answer(200, std::string(body))); };
    const auto pretending =
        product(R"({"version":{"number":"7.10.2"},"tagline":"The OpenSearch Project: https://opensearch.org/"})");
    CHECK(pretending.is_opensearch);
    CHECK(pretending.finding.message == "OpenSearch, which reports its version as 7.10.2");
    const auto open = product(R"({"version":{"number":"2.19.6","distribution":"opensearch"}})");
    CHECK(open.is_opensearch);
    CHECK(open.finding.message == "OpenSearch 2.19.6");
    CHECK_FALSE(product(R"({"version":{"number":"7.17.1"},"tagline":"You Know, for Search"})").is_opensearch);
}

TEST_CASE("a cluster that is read-only is found") {
    CHECK_FALSE(check_cluster_blocks(object(R"({"persistent":{},"transient":{}})"), std::string(url)));
    CHECK_FALSE(
        check_cluster_blocks(object(R"({"persistent":{"cluster.blocks.read_only":"false"}})"), std::string(url)));
    const auto found = check_cluster_blocks(
        object(R"({"persistent":{"cluster.blocks.read_only_allow_delete":"true"}})"), std::string(url));
    REQUIRE(found);
    says(*found, Severity::problem, "cluster.blocks.read_only_allow_delete");
    says(*found, Severity::problem, R"({"persistent":{"cluster.blocks.read_only_allow_delete":null}})");
}

TEST_CASE("fields of indices that were not asked are not fine") {
    const auto indices = object(R"({"a":{},"b":{},"closed":{"settings":{"index.verified_before_close":"true"}}})");
    CHECK_FALSE(check_asked(object(R"({"indices":["a","b"],"fields":{}})"), indices));
    const auto found = check_asked(object(R"({"indices":["b"],"fields":{}})"), indices);
    REQUIRE(found);
    says(*found, Severity::warning, "no shard of a answers");
}

TEST_CASE("an alias of several indices needs a write index") {
    const auto check = [](std::string_view alias_of_b) {
        return check_health_index(
            object(fmt::format(R"({{"a":{{"aliases":{{"h":{{}}}}}},"b":{{"aliases":{{"h":{}}}}}}})", alias_of_b)), {},
            "h");
    };
    says(check("{}").front(), Severity::problem, "none of which is its write index");
    says(check(R"({"is_write_index":true})").front(), Severity::ok, "exists");
    CHECK(check_health_index(object(R"({"a":{"aliases":{"h":{}}}})"), {}, "h").front().severity == Severity::ok);
}

TEST_CASE("what answers, and whether it lets us in") {
    const std::string version = R"({"version":{"number":"7.17.1"}})";
    CHECK(check_product(answer(200, version)).is_engine);
    CHECK(check_product(answer(403, "{}", {{"X-elastic-product", "Elasticsearch"}})).is_engine);
    CHECK(check_product(answer(503, "")).is_engine); // perhaps
    CHECK(!check_product(answer(200, "<html>")).is_engine);
    CHECK(!check_product(answer(302, "", {{"kbn-name", "kibana"}})).is_engine);
    says(check_product(answer(200, R"({"version":{"number":"6.8.23"}})")).finding, Severity::problem, "too old");
    const auto credentials = [](const remote::Answer& answer, bool given) {
        return check_credentials(answer, given, ProductCheck{});
    };
    says(credentials(answer(400, "no handler found for uri [/_security]"), false), Severity::ok, "security is off");
    says(credentials(answer(500, "Security must be explicitly enabled"), false), Severity::ok, "security is off");
    says(credentials(answer(500, "Security must be explicitly enabled"), true), Severity::ok, "security");
    says(credentials(answer(500, "{}"), false), Severity::warning, "not checked");
    says(credentials(answer(401, "{}"), false), Severity::problem, "requires them");
    says(credentials(answer(401, "{}"), true), Severity::problem, "refused");
    says(credentials(answer(200, R"({"username":"ann"})"), true), Severity::ok, "ann");
    says(credentials(answer(200, "{}"), true), Severity::warning, "not checked");
}

TEST_CASE("privileges that are missing") {
    const auto bills = test::bills();
    const auto asked = privileges_request({&bills, 1}, "health");
    CHECK(json::value(asked).at_pointer("/index/0/names") == json::parse(R"(["gmail_emails_v2"])"));
    auto body = object(R"({"index":{"gmail_emails_v2":{"read":true,"view_index_metadata":true,"maintenance":true},
        "health":{"create_doc":true,"read":true,"view_index_metadata":true,"create_index":false}}})");
    CHECK(lacking_privileges(body, bills).empty());
    CHECK(lacking_health_privileges(body, "health", false).empty());
    says(all_privileges(bills, "health"), Severity::ok, "all");
    says(lacking_health_privileges(body, "health", true).front(), Severity::problem, "create_index");
    body["index"].get_object()["gmail_emails_v2"].get_object()["read"] = false;
    says(lacking_privileges(body, bills).front(), Severity::problem, "read on gmail_emails_v2");
}

TEST_CASE("one request asks for the privileges of all backfills") {
    const std::vector backfills{test::bills(), test::invoices()};
    const auto asked = privileges_request(backfills, "health");
    CHECK(asked.at("index").as_array().size() == 3);
}

TEST_CASE("an index that is closed, or an alias of several") {
    const auto closed = object(R"({"a":{"settings":{"index.verified_before_close":"true"},"aliases":{}},
                                   "b":{"settings":{},"aliases":{}}})");
    const std::string at(url);
    says(check_index(closed, "*", at).front(), Severity::warning, "closed: a");
    says(check_index(closed, "a,b*", at).front(), Severity::problem, "http://es/a/_open");
    says(check_index(closed, "both", at).front(), Severity::problem, "closed: a");
    says(check_index({}, "x", at).front(), Severity::problem, "nothing matches x");
    // A lifecycle renames the older indices of a data stream.
    const auto stream = object(R"({"shrink-x-.ds-logs-1":{"settings":{},"data_stream":"logs"},
                                   ".ds-logs-2":{"settings":{},"data_stream":"logs"}})");
    says(check_index(stream, "logs", at).front(), Severity::ok, "logs resolves to");
}

TEST_CASE("an alias with a filter is seen wherever it stands in the expression") {
    const auto indices = object(R"({"a":{"settings":{},"aliases":{"some":{"filter":{"term":{"x":1}}},"all":{}}},
                                    "b":{"settings":{},"aliases":{}}})");
    for (const char* expression : {"some", "b,some", "so*", "b,so*,-c"}) {
        CAPTURE(expression);
        says(check_index(indices, expression, std::string(url)).front(), Severity::warning,
             "the alias some has a filter");
    }
    CHECK(check_index(indices, "all,b,-some", std::string(url)).front().severity == Severity::ok);
}

TEST_CASE("what an expression excludes needs no privileges") {
    Backfill logs = test::bills();
    logs.index = "logs-*,-logs-old";
    CHECK(json::value(privileges_request({&logs, 1}, "health")).at_pointer("/index/0/names") ==
          json::parse(R"(["logs-*"])"));
    CHECK(lacking_privileges(
              object(R"({"index":{"logs-*":{"read":true,"view_index_metadata":true,"maintenance":true}}})"), logs)
              .empty());
}

TEST_CASE("a refresh interval that cannot be read is not a short one") {
    const auto with = [](std::string_view interval) {
        return check_refresh(
            object(fmt::format(R"({{"a":{{"settings":{{"index.refresh_interval":"{}"}}}}}})", interval)),
            std::string(url));
    };
    says(with("1s"), Severity::ok, "within 30 s");
    says(with("1m"), Severity::warning, "a");
    says(with("soon"), Severity::warning, "not checked: cannot read the refresh interval soon of a");
}

TEST_CASE("values that were dropped") {
    const auto body = [](int field, int derived) {
        return object(fmt::format(R"({{"hits":{{"hits":[]}},"aggregations":{{"field":{{"doc_count":{}}},)"
                                  R"("derived":{{"doc_count":{}}}}}}})",
                                  field, derived));
    };
    says(check_ignored(body(0, 0), test::invoices(), {}), Severity::ok, "no document");
    says(check_ignored(body(3, 4), test::invoices(), {}), Severity::problem, "3 documents have due_date");
    says(check_ignored(body(0, 4), test::invoices(), {}), Severity::problem, "4 documents have overdue");
    says(check_ignored({}, test::invoices(), {}), Severity::warning, "not checked");
}

TEST_CASE("values that are in the _source and not indexed, whatever the engine records") {
    Backfill invoices = test::invoices();
    invoices.field = "a.due";
    json::object caps;
    const auto check = [&](std::string_view hits) {
        return check_ignored(
            object(fmt::format(R"({{"hits":{{"hits":[{}]}},"aggregations":{{"field":{{"doc_count":0}},)"
                               R"("derived":{{"doc_count":0}}}}}})",
                               hits)),
            invoices, caps);
    };
    const auto hit = [](std::string_view source, std::string_view names = R"("field")") {
        return fmt::format(R"({{"_index":"i","_id":"7","_source":{},"matched_queries":[{}]}})", source, names);
    };
    for (const char* source : {R"({"a":{"due":"2025"}})", R"({"a.due":["2025",null]})", R"({"a":[{"b":1},{"due":0}]})",
                               R"({"a":{"due":{"x":[""]}}})"})
        says(check(hit("{}") + "," + hit(source)), Severity::problem,
             "1 of 2 sampled documents that count as missing a.due have a value for it, such as 7 of i");
    for (const char* source : {"{}", R"({"a":{"due":null}})", R"({"a":{"due":[null,[]]}})", R"({"a":{"due":{}}})",
                               R"({"a":"due"})", R"({"due":"2025"})"})
        says(check(hit(source)), Severity::ok, "no document has a value that was dropped");
    says(check(hit(R"({"overdue":1})", R"("derived")")), Severity::problem, "missing overdue");
    caps = object(R"({"fields":{"a":{"text":{}},"a.due":{"keyword":{}}}})"); // a multi-field, of which no _source tells
    says(check(hit(R"({"a":"due"})")), Severity::problem, "a.due have a value for it");
    CHECK(json::serialize(ignored_request(invoices, caps).at("_source")) == R"(["a","overdue"])");
    caps = object(R"({"fields":{"a":{"object":{}},"a.due":{"keyword":{}}}})");
    says(check(hit(R"({"a":"due"})")), Severity::ok, "no document has a value that was dropped");
    const std::string unreadable = R"({"_index":"i","_id":"7","matched_queries":["field"]})";
    says(check(unreadable), Severity::warning, "no _source");
    says(check(unreadable + "," + hit("{}")), Severity::warning, "no _source");
    std::string many = hit("{}");
    for (int i = 1; i < 100; ++i)
        many += "," + hit("{}");
    says(check(many), Severity::ok, "none of 100 sampled documents");
}

TEST_CASE("a disk of many nodes") {
    const auto settings = object(R"({"defaults":{"cluster.routing.allocation.disk.watermark.low":"85%",
        "cluster.routing.allocation.disk.watermark.high":"90%",
        "cluster.routing.allocation.disk.watermark.flood_stage":"95%"}})");
    const auto node = [](int free, std::string_view role) {
        return fmt::format(
            R"({{"name":"n{0}","roles":["{1}"],"fs":{{"total":{{"total_in_bytes":100,"available_in_bytes":{0}}}}}}})",
            free, role);
    };
    const auto nodes = [&](const std::string& a, const std::string& b) {
        return object(fmt::format(R"({{"nodes":{{"a":{},"b":{}}}}})", a, b));
    };
    const auto fine = check_disks(settings, nodes(node(50, "data"), node(60, "data_hot")));
    REQUIRE(fine.size() == 1);
    says(fine.front(), Severity::ok, "2 nodes");
    const auto mixed = check_disks(settings, nodes(node(50, "data"), node(4, "data")));
    REQUIRE(mixed.size() == 1);
    says(mixed.front(), Severity::problem, "n4");
    says(check_disks(settings, nodes(node(50, "data"), node(4, "master"))).front(), Severity::ok, "n50");
    says(check_disks(settings, {}).front(), Severity::warning, "not checked");
    // What is not known is not fine.
    const auto without = check_disks(settings, nodes(node(50, "data"), R"({"name":"b","roles":["data"]})"));
    says(without.back(), Severity::warning, "not checked: node b does not say how full its disk is");
    says(check_disks({}, nodes(node(50, "data"), node(3, "master"))).front(), Severity::warning,
         "not checked: the disk of node n50 is 50 % full, but the answer does not have all watermarks");
    auto silent = nodes(node(50, "data"), node(60, "data"));
    silent["_nodes"] = {{"failed", 1}};
    says(check_disks(settings, silent).back(), Severity::warning, "not checked: 1 node did not answer");
}

TEST_CASE("a node of the frozen tier alone is full of its cache") {
    const auto check = [](int free, std::string_view roles) {
        return check_disks(
            object(R"({"defaults":{"cluster.routing.allocation.disk.watermark.low":"85%",
                "cluster.routing.allocation.disk.watermark.high":"90%",
                "cluster.routing.allocation.disk.watermark.flood_stage":"95%",
                "cluster.routing.allocation.disk.watermark.flood_stage.frozen":"95%"}})"),
            object(fmt::format(R"({{"nodes":{{"a":{{"name":"n","roles":[{}],)"
                               R"("fs":{{"total":{{"total_in_bytes":1000,"available_in_bytes":{}}}}}}}}}}})",
                               roles, free)));
    };
    says(check(80, R"("data_frozen")").front(), Severity::ok, "92 % full");
    says(check(40, R"("data_frozen","ingest")").front(), Severity::warning, "over the flood_stage.frozen watermark");
    says(check(80, R"("data_frozen","data_cold")").front(), Severity::problem, "over the high watermark");
    says(check(1, R"("data_frozen")").front(), Severity::warning, "99 % full");
}

TEST_CASE("a clock is right when its time lies between asking and the answer") {
    const auto at = [](std::int64_t milliseconds) {
        return object(fmt::format(R"({{"nodes":{{"a":{{"name":"n","timestamp":{}}}}}}})", milliseconds));
    };
    says(check_clock(at(50'000), 40s, 60s), Severity::ok, "in sync");
    says(check_clock(at(31'000), 62s, 63s), Severity::warning, "31s behind");
    says(check_clock(at(94'000), 62s, 63s), Severity::warning, "31s ahead");
    says(check_clock(at(1'000'000), 62s, 63s), Severity::problem, "ahead");
    says(check_clock(at(-1), 62s, 63s), Severity::warning, "not checked");
    auto silent = at(50'000);
    silent["_nodes"] = {{"failed", 2}};
    says(check_clock(silent, 40s, 60s), Severity::warning, "not checked: 2 nodes did not answer");
    says(check_clock(silent, 400s, 460s), Severity::problem, "behind");
}
