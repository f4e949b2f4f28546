#include "findings.hpp"
#include "support.hpp"

#include <exporter/probe.hpp>
#include <exporter/remedy.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>

using namespace health;
using test::says;

TEST_CASE("where to ask an exporter") {
    for (const auto& [listen, asked] :
         {std::pair(":8003", "http://127.0.0.1:8003"), std::pair("0.0.0.0:8003", "http://127.0.0.1:8003"),
          std::pair("[::]:8003", "http://[::1]:8003"), std::pair("host:80", "http://host")}) {
        const auto found = exporter::probed_url(listen);
        REQUIRE(found.has_value());
        CHECK(found->shown() == asked);
    }
    CHECK(!exporter::probed_url("nonsense:port").has_value());
}

TEST_CASE("an exporter of another index or store, and one with passwords") {
    const auto response = [](int status, std::string body, const std::string& store = "cluster/ours") {
        http::Response out{.status = status, .headers = {}, .body = std::move(body), .body_problem = {}};
        if (!store.empty())
            out.headers.push_back({"Backfill-Health-Store", store});
        return out;
    };
    ExpectedExporter expected{.name = "serve", .backfills = {test::bills()}, .store_identity = "cluster/ours"};
    const auto judged = [&](const http::Response& ready, const http::Response& metrics) {
        return exporter::check_exporter("http://me", ready, metrics, expected);
    };
    const std::string metrics = "x 1\nbackfill_health_up 1\n";
    const std::string ours =
        metrics + "backfill_health_index_info{index=\"gmail_emails_v2\"} 1\n" + "backfill_up{backfill=\"bills\"} 0\n";
    says(judged(response(200, "ready\n"), response(200, ours)), Severity::ok, "gmail_emails_v2");
    says(judged(response(200, "ready\n"), response(200, metrics)), Severity::warning, "does not measure bills");
    says(judged(response(200, "ready\n"), response(200, metrics + "backfill_up{backfill=\"bills\"} 0\n")),
         Severity::warning, "index other than gmail_emails_v2");
    says(judged(response(200, "ready\n"), response(401, "")), Severity::ok, "only its users");
    says(judged(response(503, "cannot measure\n"), response(401, "")), Severity::problem, "cannot measure");
    says(judged(response(404, ""), response(404, "")), Severity::problem, "404");
    says(judged(response(401, ""), response(401, "")), Severity::problem, "not serve");

    for (const bool for_users : {false, true}) {
        const auto shown = for_users ? response(401, "") : response(200, ours);
        expected.is_named = false;
        says(judged(response(200, "ready\n", "cluster/other"), shown), Severity::warning,
             "cluster/other instead of cluster/ours");
        says(judged(response(200, "ready\n", ""), shown), Severity::warning, "not checked");
        expected.is_named = true;
        says(judged(response(200, "ready\n", "folder/1-2"), shown), Severity::problem, "folder/1-2 instead of");
        says(judged(response(200, "ready\n", ""), shown), Severity::warning, "not checked");
    }
    expected.store_identity = "";
    says(judged(response(200, "ready\n"), response(200, ours)), Severity::warning, "not known");
}

TEST_CASE("an exporter that measures some of several backfills is told which one it lacks") {
    const ExpectedExporter expected{
        .name = "serve", .backfills = {test::bills(), test::invoices()}, .store_identity = "cluster/ours"};
    const http::Response ready{
        .status = 200, .headers = {{"backfill-health-store", "cluster/ours"}}, .body = "ready\n", .body_problem = {}};
    const auto judged = [&](const std::string& body) {
        return exporter::check_exporter("http://me", ready,
                                        {.status = 200, .headers = {}, .body = body, .body_problem = {}}, expected);
    };
    const std::string bills = "x 1\nbackfill_health_up 1\nbackfill_health_index_info{index=\"gmail_emails_v2\"} 1\n"
                              "backfill_up{backfill=\"bills\"} 1\n";
    says(judged(bills), Severity::warning, "does not measure invoices");
    const std::string both = bills + "backfill_up{backfill=\"invoices\"} 0\n";
    says(judged(both), Severity::warning, "measures an index other than orders");
    says(judged(both + "backfill_health_index_info{index=\"orders\"} 1\n"), Severity::ok, "measures 2 backfills");
}

TEST_CASE("an index is compared as it stands in a label") {
    Backfill odd = test::bills();
    odd.index = R"(a"b\c)";
    const http::Response ready{
        .status = 200, .headers = {{"Backfill-Health-Store", "s"}}, .body = "ready\n", .body_problem = {}};
    const http::Response metrics{.status = 200,
                                 .headers = {},
                                 .body = "\nbackfill_health_up 1\nbackfill_health_index_info{index=\"a\\\"b\\\\c\"} 1\n"
                                         "backfill_up{backfill=\"bills\"} 1\n",
                                 .body_problem = {}};
    says(exporter::check_exporter("http://me", ready, metrics,
                                  {.name = "serve", .backfills = {odd}, .store_identity = "s"}),
         Severity::ok, "is ready");
}

TEST_CASE("another program at the address is a problem, whatever it answers") {
    const auto judged = [](int status, const std::string& body) {
        const http::Response both{.status = status, .headers = {}, .body = body, .body_problem = {}};
        return exporter::check_exporter("http://me", both, both,
                                        {.name = "serve", .backfills = {test::bills()}, .store_identity = {}});
    };
    says(judged(200, "<html>backfill_health_up</html>"), Severity::problem, "is not serve");
    says(judged(200, "# HELP go_goroutines\n"), Severity::problem, "is not serve");
    says(judged(302, ""), Severity::problem, "/metrics has status 302");
    CHECK(judged(200, "").hint == Hint(exporter::Remedy::free_listen_address));
}
