#include "exporter/fixtures.hpp"

#include <exporter/routes.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace health;
using namespace health::exporter;
using namespace std::chrono_literals;

namespace {

using Headers = std::vector<std::pair<std::string_view, std::string_view>>;

/// The routes of an exporter whose refresher has not been started.
struct Exporter {
    explicit Exporter(bool measure_on_scrape = false)
        : routes(*refreshing.refresher, history_reader, pages, front_pages, measure_on_scrape, test::sentence) {}

    http::Outcome ask(std::string_view method, std::string_view path, Headers headers = {},
                      std::string_view query = {}) {
        const http::Head head{.method = method, .path = path, .query = query, .headers = std::move(headers)};
        return routes({.head = head, .body = ""});
    }

    http::ServerResponse get(std::string_view path, Headers headers = {}) {
        return response(ask("GET", path, std::move(headers)));
    }

    void measured(const Result<Snapshot>& result) {
        refreshing.journal.ended(result);
        pages.update();
    }

    /// What the answer is that comes at once.
    static http::ServerResponse response(const http::Outcome& outcome) {
        if (const auto* page = std::get_if<Pages::Page>(&outcome))
            return (*page)->response();
        REQUIRE(std::holds_alternative<http::ServerResponse>(outcome));
        return std::get<http::ServerResponse>(outcome);
    }

    /// What the answer is that comes after a measurement with this result.
    http::ServerResponse response_after(const Result<Snapshot>& result, const http::Outcome& outcome) {
        REQUIRE(std::holds_alternative<http::Deferred>(outcome));
        test::Queue<std::function<http::Outcome()>> replies;
        std::get<http::Deferred>(outcome).begin([&](auto reply) { replies.push(std::move(reply)); });
        refreshing.refresher->start();
        refreshing.store.results.push(result);
        const auto reply = replies.pop();
        REQUIRE(reply);
        return response((*reply)());
    }

    test::Refreshing refreshing;
    Pages pages{refreshing.journal};
    FrontPages front_pages{refreshing.journal, "http://es:9200"};
    HistoryReader history_reader{refreshing.store, refreshing.settings, refreshing.journal, [] {}};
    Routes routes;
};

std::string_view header(const http::ServerResponse& response, std::string_view name) {
    for (const http::Header& each : response.headers)
        if (each.name == name)
            return each.value;
    return "";
}

} // namespace

TEST_CASE("a path that is not there is told from a method that it does not have") {
    Exporter exporter;
    for (const std::string_view path : {"/", "/metrics", "/healthz", "/readyz"}) {
        CAPTURE(path);
        CHECK(Exporter::response(exporter.ask("HEAD", path)).status == exporter.get(path).status);
        const auto refused = Exporter::response(exporter.ask("POST", path));
        CHECK(refused.status == 405);
        CHECK(header(refused, "Allow") == "GET, HEAD");
    }
    const auto refused = exporter.get("/metrics/refresh");
    CHECK(refused.status == 405);
    CHECK(header(refused, "Allow") == "POST");
    for (const std::string_view path : {"", "/nothing", "/metrics/", "//metrics", "/Metrics", "/healthz/x"})
        for (const std::string_view method : {"GET", "POST"})
            CHECK(Exporter::response(exporter.ask(method, path)).status == 404);
}

TEST_CASE("it lives from the beginning, and is ready once it has measured") {
    Exporter exporter;
    CHECK(exporter.get("/healthz").status == 200);
    CHECK(exporter.get("/readyz").status == 503);
    exporter.measured(test::snapshot(2, 20, 18));
    CHECK(exporter.get("/readyz").status == 200);
    exporter.measured(test::error(ErrorKind::timeout, "no answer within 5 s"));
    const auto unready = exporter.get("/readyz");
    CHECK(unready.status == 503);
    CHECK(unready.body->find("no answer within 5 s") != std::string::npos);
    CHECK(exporter.get("/healthz").status == 200);
}

TEST_CASE("it is not ready before /metrics has the numbers") {
    Exporter exporter;
    exporter.refreshing.journal.ended(test::snapshot(2, 20, 18));
    CHECK(exporter.get("/readyz").status == 503);
    CHECK(exporter.get("/metrics").body->find("\nbills_missing_dates ") == std::string::npos);
    exporter.pages.update();
    CHECK(exporter.get("/readyz").status == 200);
    CHECK(exporter.get("/metrics").body->find("\nbills_missing_dates ") != std::string::npos);
}

TEST_CASE("when it is ready, it says which store it measures, to who asks for that") {
    Exporter exporter;
    exporter.refreshing.store.on_identity = [] { return std::string("cluster/abc"); };
    const auto ask = [&] { return exporter.ask("GET", "/readyz", {}, "store"); };
    CHECK(Exporter::response(ask()).status == 503);
    exporter.measured(test::snapshot(2, 20, 18));
    CHECK(header(exporter.get("/readyz"), "Backfill-Health-Store").empty());
    const auto ready = exporter.response_after(test::snapshot(2, 20, 18), ask());
    CHECK(ready.status == 200);
    CHECK(*ready.body == "ready\n");
    CHECK(header(ready, "Backfill-Health-Store") == "cluster/abc");
    const auto otherwise = std::get<http::Deferred>(ask()).on_timeout();
    CHECK(header(Exporter::response(otherwise), "Backfill-Health-Store").empty());
}

TEST_CASE("the probes alone are open to all") {
    const auto is_probe = [](std::string_view path) {
        http::Head head;
        head.method = "GET";
        head.path = path;
        return Routes::is_probe(head);
    };
    CHECK(is_probe("/healthz"));
    CHECK(is_probe("/readyz"));
    for (const std::string_view path : {"/", "/metrics", "/metrics/refresh", "/healthz/", "//healthz", "/nothing"})
        CHECK_FALSE(is_probe(path));
}

TEST_CASE("the metrics come in the format and the encoding that were asked for") {
    Exporter exporter;
    exporter.measured(test::snapshot(2, 20, 18));
    const auto page = exporter.get("/metrics");
    CHECK(page.status == 200);
    CHECK(page.content_type.starts_with("text/plain"));
    CHECK(page.body->find("\nbills_missing_dates 2.0\n") != std::string::npos);
    const auto other =
        exporter.get("/metrics", {{"Accept", "application/openmetrics-text"}, {"Accept-Encoding", "gzip"}});
    CHECK(other.content_type.starts_with("application/openmetrics-text"));
    CHECK(header(other, "Content-Encoding") == "gzip");
    // What the last one asked for is nothing to the next.
    CHECK(exporter.get("/metrics", {{"Accept-Encoding", "gzip"}}).content_type.starts_with("text/plain"));
    CHECK(header(exporter.get("/metrics"), "Content-Encoding").empty());
}

TEST_CASE("a refresh is answered after a measurement, whatever came of it") {
    Exporter exporter;
    const auto good = exporter.response_after(test::snapshot(2, 20, 18), exporter.ask("POST", "/metrics/refresh"));
    CHECK(good.status == 200);
    CHECK(good.content_type == "application/json");
    CHECK(*good.body == R"({"ok": true})");

    Exporter failing;
    const auto bad = failing.response_after(test::error(ErrorKind::rejected, "a \"quoted\" refusal"),
                                            failing.ask("POST", "/metrics/refresh"));
    CHECK(bad.status == 503);
    CHECK(*bad.body == R"({"ok": false, "error": "a \"quoted\" refusal"})");
}

TEST_CASE("a scrape that measures waits for as long as its scraper does, less half a second") {
    Exporter exporter(true);
    const auto patience_of = [&](Headers headers) {
        const auto outcome = exporter.ask("GET", "/metrics", std::move(headers));
        REQUIRE(std::holds_alternative<http::Deferred>(outcome));
        const auto& deferred = std::get<http::Deferred>(outcome);
        // Then it gets the page that there is.
        CHECK(Exporter::response(deferred.on_timeout()).status == 200);
        return deferred.timeout;
    };
    CHECK_FALSE(patience_of({}));
    constexpr std::string_view name = "X-Prometheus-Scrape-Timeout-Seconds";
    CHECK(patience_of({{name, "10"}}) == 9500ms);
    CHECK(patience_of({{name, "1.25"}}) == 750ms);
    CHECK(patience_of({{name, "0.2"}}) == 0ms);
    for (const std::string_view nonsense : {"", "soon", "-1", "10s", "nan", "1e99"})
        CHECK_FALSE(patience_of({{name, nonsense}}));
}

TEST_CASE("a scrape that measures shows what was measured for it") {
    Exporter exporter(true);
    test::Queue<bool> updated;
    const auto page = exporter.response_after(test::snapshot(2, 20, 18), exporter.ask("GET", "/metrics"));
    CHECK(page.status == 200);
    REQUIRE(exporter.refreshing.recorded.pop());
    exporter.pages.update();
    CHECK(exporter.pages.get(exposition::Format::text, false)->response().body->find("bills_missing_dates 2.0") !=
          std::string::npos);
}

TEST_CASE("the page for people asks nobody else, is not kept, and has the history read") {
    Exporter exporter;
    test::Queue<bool> read;
    exporter.refreshing.store.on_history = [&](const Backfill& /*backfill*/) {
        read.push(true);
        return History{};
    };
    exporter.refreshing.journal.ended(test::snapshot(2, 20, 18));
    const auto page = exporter.get("/");
    CHECK(page.status == 200);
    CHECK(page.content_type == "text/html; charset=utf-8");
    CHECK(header(page, "Content-Security-Policy").starts_with("default-src 'none'"));
    CHECK(header(page, "Cache-Control") == "no-store");
    CHECK(page.body->find("gmail_emails_v2") != std::string::npos);
    exporter.history_reader.start();
    CHECK(read.pop());
    exporter.history_reader.stop();
}

TEST_CASE("of several backfills each has a page of its own") {
    Exporter exporter;
    exporter.refreshing.journal.replace({test::bills(), test::invoices()});
    exporter.front_pages.update();
    CHECK(exporter.get("/").body->find("class=\"overview\"") != std::string::npos);
    const auto page = Exporter::response(exporter.ask("GET", "/", {}, "backfill=invoices"));
    CHECK(page.status == 200);
    CHECK(page.body->find("Invoices in orders") != std::string::npos);
    CHECK(page.body->find("All backfills</a>") != std::string::npos);
    CHECK(Exporter::response(exporter.ask("GET", "/", {}, "utm=x&backfill=invoices")).status == 200);
    CHECK(Exporter::response(exporter.ask("GET", "/", {}, "backfill=invoices&x=1")).status == 200);
    CHECK(Exporter::response(exporter.ask("GET", "/", {}, "backfill=nothing")).status == 404);
}
