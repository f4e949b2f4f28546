#include "has.hpp"
#include "scripted_server.hpp"
#include "support.hpp"

#include <elasticsearch/store.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

using namespace health;
using test::has;
using test::patience;
using test::ScriptedServer;

namespace {

std::string answer(const std::string& body) {
    return test::http_answer("200 OK", body, "Content-Type: application/json\r\n");
}

RemoteSettings settings_of(std::vector<Url> nodes) {
    return {.nodes = std::move(nodes), .credentials = {}, .reread_credentials = {}, .tls = {}, .retries = 0};
}

std::unique_ptr<Store> store_on(const RemoteSettings& settings) {
    auto made = make_elasticsearch_store(settings);
    REQUIRE(made.has_value());
    return *std::move(made);
}

std::unique_ptr<Store> store_on(const ScriptedServer& server) {
    return store_on(settings_of({server.url()}));
}

Deadline soon() {
    return Deadline::after(patience);
}

constexpr std::string_view complete =
    R"("took":1,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"hits":[]})";

/// So many hours of history from this one on, each with one snapshot at its beginning.
std::string history_page(const std::string& from, std::size_t hours) {
    const auto begin = std::chrono::milliseconds(test::at(from).time_since_epoch()).count();
    std::string buckets;
    for (std::size_t i = 0; i < hours; ++i) {
        const auto at = begin + static_cast<std::int64_t>(i) * 3600000;
        buckets +=
            fmt::format(R"({}{{"key":{{"ts":{}}},"doc_count":1,"last":{{"hits":{{"hits":[{{"fields":{{"missing":[7],)"
                        R"("with_dates":[10],"with_expires_at":[5]}},"sort":[{},1]}}]}}}}}})",
                        i == 0 ? "" : ",", at, at);
    }
    return answer(fmt::format(
        R"({{{},"aggregations":{{"all":{{"doc_count":9,"foreign":{{"doc_count":0}}}},"intervals":{{"buckets":[{}]}}}}}})",
        complete, buckets));
}

Result<History> history(const ScriptedServer& server) {
    const std::vector backfills{test::bills()};
    const auto period = test::hourly("2025-01-01T00:00:00Z", "2025-12-31T00:00:00Z");
    return store_on(server)->history("health", backfills, period, soon()).front();
}

constexpr std::size_t page = 1000; // intervals, as long as they are small

} // namespace

TEST_CASE("a cluster has an identity once it has formed") {
    ScriptedServer server({{answer(R"({"cluster_uuid":"qVoSlEBvTpKrUC7OoQJ7Zg"})")},
                           {answer(R"({"cluster_uuid":"_na_"})")},
                           {answer("[]")}});
    CHECK(*store_on(server)->identity(soon()) == "cluster/qVoSlEBvTpKrUC7OoQJ7Zg");
    CHECK(store_on(server)->identity(soon())->empty());
    CHECK(store_on(server)->identity(soon()).error().kind == ErrorKind::bad_response);
}

TEST_CASE("the same nodes are the same cluster, in any order") {
    const Url a = *parse_url("http://a:9200");
    const Url b = *parse_url("http://b:9200");
    CHECK(store_on(settings_of({b, a}))->cluster() == store_on(settings_of({a, b}))->cluster());
    CHECK(store_on(settings_of({a}))->cluster() != store_on(settings_of({a, b}))->cluster());
}

TEST_CASE("a name that no index can have is refused before anything is sent") {
    const auto store = store_on(settings_of({*parse_url("http://a:9200")}));
    CHECK(store->check_name("mail,bills-*").has_value());
    CHECK(store->check_name("mail/..").error().kind == ErrorKind::usage);
    const auto answers = store->latest("..", std::vector{test::bills(), test::invoices()}, soon());
    REQUIRE(answers.size() == 2);
    for (const auto& each : answers)
        CHECK(each.error().kind == ErrorKind::usage);
}

TEST_CASE("credentials are read again at a reload, and stay when they cannot be") {
    ScriptedServer server({{answer(R"({"cluster_uuid":"a"})")}, {answer(R"({"cluster_uuid":"a"})")}});
    RemoteSettings settings = settings_of({server.url()});
    Result<Credentials> now = test::error(ErrorKind::usage, "the file is gone");
    settings.credentials.bearer_token = "first-secret";
    settings.reread_credentials = [&] { return now; };
    const auto store = store_on(settings);
    CHECK(store->reload().error().message == "the file is gone");
    CHECK(store->identity(soon()).has_value());
    now = Credentials{.api_key = "", .bearer_token = "second-secret", .username = "", .password = ""};
    CHECK(store->reload().has_value());
    CHECK(store->identity(soon()).has_value());
    const auto requests = server.requests();
    REQUIRE(requests.size() == 2);
    CHECK(has(requests[0], "first-secret"));
    CHECK(has(requests[1], "second-secret"));
}

TEST_CASE("a long history is read page by page") {
    ScriptedServer server({{history_page("2025-01-01T00:00:00Z", page), history_page("2025-02-11T16:00:00Z", 2)}});
    const auto read = history(server);
    REQUIRE(read.has_value());
    REQUIRE(read->points.size() == page + 2);
    CHECK(read->points.back().begin == test::at("2025-02-11T17:00:00Z"));
    const auto requests = server.requests();
    REQUIRE(requests.size() == 2);
    CHECK_FALSE(has(requests[0], "\"after\""));
    CHECK(has(requests[1], R"("after":{"ts":1739286000000})"));
}

TEST_CASE("pages that repeat what came before would be counted twice") {
    ScriptedServer server({{history_page("2025-01-01T00:00:00Z", page), history_page("2025-02-11T15:00:00Z", 2)}});
    const auto read = history(server);
    REQUIRE_FALSE(read.has_value());
    CHECK(read.error().kind == ErrorKind::bad_response);
    CHECK(has(read.error().message, "the answer repeats what came before"));
}

TEST_CASE("each backfill has a latest snapshot of its own, or none") {
    const auto latest = [](std::string_view value) {
        return fmt::format(R"({{{},"status":200,"aggregations":{{"latest":{{"value":{}}}}}}})", complete, value);
    };
    ScriptedServer server(
        {{answer(fmt::format(R"({{"took":1,"responses":[{},{}]}})", latest("1760106600000"), latest("null")))}});
    const auto found = store_on(server)->latest("health", std::vector{test::bills(), test::invoices()}, soon());
    REQUIRE(found.size() == 2);
    CHECK(*found[0] == test::at("2025-10-10T14:30:00Z"));
    CHECK(*found[1] == std::nullopt);
}
