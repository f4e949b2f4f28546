#include "exporter/fixtures.hpp"

#include <exporter/front_pages.hpp>

#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using namespace health;
using namespace health::exporter;
using namespace std::chrono_literals;

namespace {

bool contains(const std::shared_ptr<const std::string>& page, std::string_view text) {
    return page->find(text) != std::string::npos;
}

Backfill renamed(const std::string& name) {
    Backfill out = test::invoices();
    out.name = name;
    return out;
}

/// A journal of two backfills.
struct Two {
    explicit Two(std::chrono::milliseconds max_stale = 1h)
        : journal({test::bills(), test::invoices()},
                  {.max_stale = max_stale, .refresh_interval = 15s, .hint_texts = test::sentence}) {}

    void measure(const Result<Snapshot>& bills, const Result<Snapshot>& invoices) {
        journal.record(std::vector{bills, invoices}, 5ms, ClockReading::now());
    }

    Journal journal;
};

} // namespace

TEST_CASE("the page of a single backfill is as new as the journal") {
    test::BillsJournal journal;
    FrontPages pages(journal, "http://es:9200");
    CHECK(contains(pages.front_page(), "gmail_emails_v2"));
    CHECK(contains(pages.front_page(), "http://es:9200"));
    journal.ended(test::snapshot(471, 20, 18));
    CHECK(contains(pages.front_page(), ">471<"));
    CHECK(contains(pages.page_of("bills"), ">471<"));
}

TEST_CASE("the overview of several is made when a measurement ends, and shared by all who look") {
    Two two;
    FrontPages pages(two.journal, "http://es:9200");
    const auto first = pages.front_page();
    CHECK(contains(first, "class=\"overview\""));
    CHECK(first == pages.front_page());
    two.measure(test::snapshot(471, 20, 18), test::snapshot(815, 7, 7));
    CHECK(first == pages.front_page());
    pages.update();
    CHECK(contains(pages.front_page(), ">471<"));
    CHECK(contains(pages.front_page(), ">815<"));
    CHECK_FALSE(contains(first, ">471<")); // whoever has it goes on reading it
}

TEST_CASE("numbers that are too old leave the overview without another measurement") {
    Two two(0ms);
    two.measure(test::snapshot(471, 20, 18), test::snapshot(815, 7, 7));
    FrontPages pages(two.journal, "http://es:9200");
    CHECK(contains(pages.front_page(), ">471<"));
    two.measure(test::error(ErrorKind::timeout), test::snapshot(815, 7, 7));
    pages.update();
    CHECK_FALSE(contains(pages.front_page(), ">471<"));
    CHECK(contains(pages.front_page(), ">815<"));
}

TEST_CASE("each of several has a page of its own, by its name, and others have none") {
    Two two;
    two.measure(test::snapshot(471, 20, 18), test::snapshot(815, 7, 7));
    FrontPages pages(two.journal, "http://es:9200");
    CHECK(contains(pages.page_of("invoices"), ">815<"));
    CHECK_FALSE(contains(pages.page_of("invoices"), ">471<"));
    for (const std::string_view name : {"", "Bills", "bills ", "nothing"})
        CHECK(pages.page_of(name) == nullptr);
    two.journal.replace({test::bills()});
    CHECK(pages.page_of("invoices") == nullptr);
}

TEST_CASE("after a change of the configuration the front page is an overview, or one page") {
    Two two;
    FrontPages pages(two.journal, "http://es:9200");
    two.journal.replace({test::bills()});
    pages.update();
    CHECK_FALSE(contains(pages.front_page(), "class=\"overview\""));
    two.journal.replace({test::bills(), renamed("orders")});
    pages.update();
    CHECK(contains(pages.front_page(), "class=\"overview\""));
    CHECK(contains(pages.front_page(), "orders"));
}

TEST_CASE("a name from the configuration is text on the page, and never a part of it") {
    Journal journal({test::bills(), renamed("<script>alert(1)</script>")},
                    {.max_stale = 1h, .refresh_interval = 15s, .hint_texts = test::sentence});
    FrontPages pages(journal, "http://es:9200/<b>");
    for (const auto& page : {pages.front_page(), pages.page_of("<script>alert(1)</script>")}) {
        REQUIRE(page != nullptr);
        CHECK_FALSE(contains(page, "<script>alert"));
        CHECK_FALSE(contains(page, "<b>"));
    }
}
