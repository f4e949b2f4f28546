#include "support.hpp"

#include <exposition/exposition.hpp>
#include <exposition/negotiation.hpp>

#include <doctest/doctest.h>

using namespace health;
using namespace health::exposition;

namespace {

Telemetry measured() {
    Telemetry out;
    out.readings = {{.backfill = test::bills(), .snapshot = test::snapshot(0, 1243, 1243)}};
    out.last_success_seconds = 1760106151.5;
    out.up = true;
    out.succeeded = 3;
    out.durations.observe(0.02);
    return out;
}

std::string page_of(const Telemetry& telemetry, Format format) {
    return expose(telemetry, format) + expose(ProcessStats{}, format);
}

bool has(const std::string& page, std::string_view line) {
    return ("\n" + page).find("\n" + std::string(line) + "\n") != std::string::npos;
}

} // namespace

TEST_CASE("the numbers look as the Python client wrote them") {
    const std::string page = page_of(measured(), Format::text);
    CHECK(page.starts_with("# HELP bills_missing_dates Bills missing dates[] field\n"
                           "# TYPE bills_missing_dates gauge\n"
                           "bills_missing_dates 0.0\n"
                           "# HELP bills_with_dates Bills with dates[] populated\n"
                           "# TYPE bills_with_dates gauge\n"
                           "bills_with_dates 1243.0\n"
                           "# HELP bills_with_expires_at Bills with expires_at field set\n"
                           "# TYPE bills_with_expires_at gauge\n"
                           "bills_with_expires_at 1243.0\n"));
    CHECK(has(page, "backfill_health_last_run_timestamp 1760106151.500"));
    CHECK(has(page, R"(backfill_health_index_info{index="gmail_emails_v2"} 1)"));
    CHECK(has(page, R"(backfill_health_refreshes_total{result="ok"} 3)"));
    CHECK(has(page, R"(backfill_health_refresh_duration_seconds_bucket{le="0.025"} 1)"));
    CHECK(has(page, R"(backfill_health_refresh_duration_seconds_bucket{le="0.01"} 0)"));
}

TEST_CASE("without a snapshot there are no numbers of documents, and every reason is there") {
    Telemetry nothing;
    nothing.readings = {{.backfill = test::bills(), .snapshot = std::nullopt}};
    const std::string page = page_of(nothing, Format::text);
    CHECK(page.find("bills") == std::string::npos);
    CHECK(has(page, "backfill_health_up 0"));
    for (const auto kind : failure_kinds)
        CHECK(has(page, "backfill_health_refresh_errors_total{reason=\"" + std::string(to_string(kind)) + "\"} 0"));
}

TEST_CASE("OpenMetrics names counters without their suffix, and ends") {
    const std::string page = page_of(measured(), Format::openmetrics);
    CHECK(has(page, "# TYPE backfill_health_refreshes counter"));
    CHECK(has(page, R"(backfill_health_refreshes_total{result="ok"} 3)"));
    CHECK(page.ends_with("# EOF\n"));
}

TEST_CASE("labels are escaped, and names are made of the characters that they may have") {
    Telemetry odd = measured();
    odd.readings[0].backfill = test::invoices();
    odd.readings[0].backfill.index = "a\"b\\c\nd";
    odd.readings[0].backfill.field = "meta.due-date";
    const std::string page = page_of(odd, Format::text);
    CHECK(has(page, R"(backfill_health_index_info{index="a\"b\\c\nd"} 1)"));
    CHECK(has(page, "invoices_missing_meta_due_date 0.0"));
}

TEST_CASE("the format is negotiated as Prometheus asks for it") {
    CHECK(negotiate_format("") == Format::text);
    CHECK(negotiate_format("*/*") == Format::text);
    CHECK(negotiate_format("text/plain") == Format::text);
    CHECK(negotiate_format("application/openmetrics-text") == Format::openmetrics);
    CHECK(
        negotiate_format("application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                         "text/plain;version=0.0.4;q=0.5,*/*;q=0.1") == Format::openmetrics);
    CHECK(negotiate_format("application/openmetrics-text;version=0.0.1") == Format::text);
    CHECK(negotiate_format("application/openmetrics-text;q=0.2, text/plain;q=0.9") == Format::text);
    CHECK(negotiate_format("application/openmetrics-text;q=0, */*") == Format::text);
}

TEST_CASE("gzip is sent only to those who take it") {
    CHECK(!accepts_gzip(""));
    CHECK(accepts_gzip("gzip"));
    CHECK(accepts_gzip("deflate, GZIP;q=0.5"));
    CHECK(!accepts_gzip("gzip;q=0"));
    CHECK(!accepts_gzip("gzip;q=0.000, *"));
    CHECK(accepts_gzip("*;q=0.1"));
    CHECK(!accepts_gzip("br, deflate"));
}
