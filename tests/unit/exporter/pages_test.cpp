#include "exporter/fixtures.hpp"

#include <base/gzip.hpp>
#include <exporter/pages.hpp>

#include <doctest/doctest.h>

#include <string>
#include <thread>

using namespace health;
using namespace health::exporter;
using namespace std::chrono_literals;
using exposition::Format;

namespace {

constexpr std::string_view none = "";

const std::string& body(const Pages::Page& page) {
    return *page->response().body;
}

std::string_view header(const Pages::Page& page, std::string_view name) {
    for (const http::Header& each : page->response().headers)
        if (each.name == name)
            return each.value;
    return none;
}

/// Without what the process needs, which changes every second.
std::string measured_part(const std::string& text) {
    return text.substr(0, text.find("# HELP process_"));
}

bool has_numbers(const Pages::Page& page) {
    return body(page).find("\nbills_missing_dates ") != std::string::npos;
}

} // namespace

TEST_CASE("a page of metrics has what was measured when it was updated, and what the process needs") {
    test::BillsJournal journal;
    Pages pages(journal);
    CHECK_FALSE(has_numbers(pages.get(Format::text, false)));
    journal.ended(test::snapshot(2, 20, 18));
    CHECK_FALSE(has_numbers(pages.get(Format::text, false)));
    pages.update();
    const auto page = pages.get(Format::text, false);
    CHECK(body(page).find("\nbills_missing_dates 2.0\n") != std::string::npos);
    CHECK(body(page).find("\nprocess_open_fds ") != std::string::npos);
    CHECK(page->response().status == 200);
    CHECK(page->response().content_type.starts_with("text/plain; version=0.0.4"));
    CHECK(header(page, "Vary") == "Accept, Accept-Encoding");
    CHECK(header(page, "Content-Encoding").empty());
}

TEST_CASE("the same page as OpenMetrics, and compressed") {
    test::BillsJournal journal;
    journal.ended(test::snapshot(2, 20, 18));
    Pages pages(journal);
    const auto page = pages.get(Format::openmetrics, false);
    CHECK(page->response().content_type.starts_with("application/openmetrics-text"));
    CHECK(body(page).ends_with("# EOF\n"));
    const auto compressed = pages.get(Format::openmetrics, true);
    CHECK(header(compressed, "Content-Encoding") == "gzip");
    const auto text = gunzip(body(compressed), std::size_t{1} << 20U);
    REQUIRE(text.has_value());
    CHECK(text->ends_with("# EOF\n"));
    CHECK(measured_part(*text) == measured_part(body(page)));
}

TEST_CASE("scrapes of one second share a page until the next measurement") {
    test::BillsJournal journal;
    journal.ended(test::snapshot(2, 20, 18));
    Pages pages(journal);
    const auto first = pages.get(Format::text, false);
    journal.ended(test::snapshot(1, 21, 18));
    pages.update();
    const auto second = pages.get(Format::text, false);
    CHECK(second != first);
    CHECK(body(second).find("\nbills_missing_dates 1.0\n") != std::string::npos);
    // The next call may be in the next second, but not always.
    bool shared = false;
    for (int i = 0; i < 100 && !shared; ++i)
        shared = pages.get(Format::text, false) == pages.get(Format::text, false);
    CHECK(shared);
}

TEST_CASE("numbers that get too old leave the page without another measurement") {
    test::BillsJournal journal(200ms);
    const auto before = Clock::now();
    journal.ended(test::snapshot(2, 20, 18));
    Pages pages(journal);
    journal.ended(test::error(ErrorKind::timeout));
    pages.update();
    while (has_numbers(pages.get(Format::text, false)) && Clock::now() - before < test::patience)
        std::this_thread::sleep_for(5ms);
    CHECK(Clock::now() - before >= 200ms);
    const auto page = pages.get(Format::text, false);
    CHECK_FALSE(has_numbers(page));
    CHECK(body(page).find("\nbackfill_health_up 0\n") != std::string::npos);
}
