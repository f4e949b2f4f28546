#include "has.hpp"
#include "support.hpp"

#include <base/version.hpp>
#include <exposition/metrics.hpp>
#include <exposition/text_format.hpp>

#include <doctest/doctest.h>

using namespace health;
using namespace health::exposition;
using test::has_line;

namespace {

Telemetry measured() {
    Telemetry out;
    out.readings = {{.backfill = test::bills(),
                     .snapshot = test::snapshot(0, 1243, 1243),
                     .up = true,
                     .last_success_seconds = 1760106151.5}};
    out.all_succeeded_seconds = 1760106151.5;
    out.succeeded = 3;
    out.durations.observe(0.02);
    return out;
}

std::string page_of(const Telemetry& telemetry, Format format) {
    std::string out = serialize(measured_families(telemetry), format);
    out += serialize(process_families({}), format);
    return out += end_of_page(format);
}

} // namespace

TEST_CASE("the whole page of the default backfill") {
    Telemetry telemetry = measured();
    telemetry.failed.at(1) = 2;
    const std::string page = page_of(telemetry, Format::text);
    const std::string expected = R"(# HELP bills_missing_dates Bills missing dates[] field
# TYPE bills_missing_dates gauge
bills_missing_dates 0.0
# HELP bills_with_dates Bills with dates[] populated
# TYPE bills_with_dates gauge
bills_with_dates 1243.0
# HELP bills_with_expires_at Bills with expires_at field set
# TYPE bills_with_expires_at gauge
bills_with_expires_at 1243.0
# HELP backfill_health_last_run_timestamp Last refresh timestamp (unix seconds)
# TYPE backfill_health_last_run_timestamp gauge
backfill_health_last_run_timestamp 1760106151.500
# HELP backfill_health_index_info Index info (labels only)
# TYPE backfill_health_index_info gauge
backfill_health_index_info{index="gmail_emails_v2"} 1
# HELP backfill_health_up Whether the latest measurement succeeded
# TYPE backfill_health_up gauge
backfill_health_up 1
# HELP backfill_documents Documents without and with the field
# TYPE backfill_documents gauge
backfill_documents{backfill="bills",index="gmail_emails_v2",field="dates",state="missing"} 0
backfill_documents{backfill="bills",index="gmail_emails_v2",field="dates",state="present"} 1243
# HELP backfill_derived_documents Documents with the field and the derived field
# TYPE backfill_derived_documents gauge
backfill_derived_documents{backfill="bills",index="gmail_emails_v2",field="expires_at"} 1243
# HELP backfill_up Whether the latest measurement of the backfill succeeded
# TYPE backfill_up gauge
backfill_up{backfill="bills"} 1
# HELP backfill_last_success_timestamp_seconds When the last successful measurement was made (unix seconds)
# TYPE backfill_last_success_timestamp_seconds gauge
backfill_last_success_timestamp_seconds{backfill="bills"} 1760106151.500
# HELP backfill_health_build_info Version and commit of this program
# TYPE backfill_health_build_info gauge
)" + ("backfill_health_build_info{version=\"" + std::string(version) + "\",revision=\"" + std::string(revision)) +
                                 R"("} 1
# HELP backfill_health_refreshes_total Measurements by their result
# TYPE backfill_health_refreshes_total counter
backfill_health_refreshes_total{result="ok"} 3
backfill_health_refreshes_total{result="error"} 2
# HELP backfill_health_refresh_errors_total Failed measurements by their reason
# TYPE backfill_health_refresh_errors_total counter
backfill_health_refresh_errors_total{reason="unreachable"} 0
backfill_health_refresh_errors_total{reason="timeout"} 2
backfill_health_refresh_errors_total{reason="unauthorized"} 0
backfill_health_refresh_errors_total{reason="index_missing"} 0
backfill_health_refresh_errors_total{reason="partial"} 0
backfill_health_refresh_errors_total{reason="rejected"} 0
backfill_health_refresh_errors_total{reason="bad_response"} 0
# HELP backfill_health_refresh_duration_seconds How long measurements took
# TYPE backfill_health_refresh_duration_seconds histogram
backfill_health_refresh_duration_seconds_bucket{le="0.005"} 0
backfill_health_refresh_duration_seconds_bucket{le="0.01"} 0
backfill_health_refresh_duration_seconds_bucket{le="0.025"} 1
backfill_health_refresh_duration_seconds_bucket{le="0.05"} 1
backfill_health_refresh_duration_seconds_bucket{le="0.1"} 1
backfill_health_refresh_duration_seconds_bucket{le="0.25"} 1
backfill_health_refresh_duration_seconds_bucket{le="0.5"} 1
backfill_health_refresh_duration_seconds_bucket{le="1.0"} 1
backfill_health_refresh_duration_seconds_bucket{le="2.5"} 1
backfill_health_refresh_duration_seconds_bucket{le="5.0"} 1
backfill_health_refresh_duration_seconds_bucket{le="10.0"} 1
backfill_health_refresh_duration_seconds_bucket{le="+Inf"} 1
backfill_health_refresh_duration_seconds_sum 0.020000
backfill_health_refresh_duration_seconds_count 1
# HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total 0.000
# HELP process_resident_memory_bytes Resident memory size in bytes.
# TYPE process_resident_memory_bytes gauge
process_resident_memory_bytes 0
# HELP process_virtual_memory_bytes Virtual memory size in bytes.
# TYPE process_virtual_memory_bytes gauge
process_virtual_memory_bytes 0
# HELP process_start_time_seconds Start time of the process since unix epoch in seconds.
# TYPE process_start_time_seconds gauge
process_start_time_seconds 0.00
# HELP process_open_fds Number of open file descriptors.
# TYPE process_open_fds gauge
process_open_fds 0
# HELP process_max_fds Maximum number of open file descriptors.
# TYPE process_max_fds gauge
process_max_fds 0
)";
    CHECK(page == expected);
}

TEST_CASE("without a snapshot there are no numbers of documents, and every reason is there") {
    Telemetry nothing;
    nothing.readings = {{.backfill = test::bills()}};
    const std::string page = page_of(nothing, Format::text);
    CHECK(page.find("bills_") == std::string::npos);
    CHECK(page.find("backfill_documents") == std::string::npos);
    CHECK(page.find("backfill_last_success") == std::string::npos);
    CHECK(has_line(page, R"(backfill_up{backfill="bills"} 0)"));
    CHECK(has_line(page, "backfill_health_up 0"));
    CHECK(has_line(page, "backfill_health_last_run_timestamp 0.000"));
    for (const auto kind : failure_kinds)
        CHECK(
            has_line(page, "backfill_health_refresh_errors_total{reason=\"" + std::string(to_string(kind)) + "\"} 0"));
}

TEST_CASE("OpenMetrics names counters without their suffix, and ends") {
    const std::string page = page_of(measured(), Format::openmetrics);
    CHECK(has_line(page, "# TYPE backfill_health_refreshes counter"));
    CHECK(has_line(page, R"(backfill_health_refreshes_total{result="ok"} 3)"));
    CHECK(page.ends_with("# EOF\n"));
}

TEST_CASE("one backfill that fails takes the whole down, and hides none of the others") {
    Telemetry telemetry = measured();
    telemetry.readings.push_back({.backfill = test::invoices()});
    const std::string page = page_of(telemetry, Format::text);
    CHECK(has_line(page, "backfill_health_up 0"));
    CHECK(has_line(page, "bills_with_dates 1243.0"));
    CHECK(has_line(page, R"(backfill_health_index_info{index="gmail_emails_v2"} 1)"));
    CHECK(has_line(page, R"(backfill_health_index_info{index="orders"} 1)"));
}

TEST_CASE("backfills on one index share its series") {
    Telemetry telemetry = measured();
    telemetry.readings.push_back({.backfill = test::invoices()});
    telemetry.readings.back().backfill.index = telemetry.readings.front().backfill.index;
    const std::string page = page_of(telemetry, Format::text);
    const std::string_view series = "backfill_health_index_info{";
    CHECK(page.find(series) == page.rfind(series));
}

TEST_CASE("every backfill has the same families, with one HELP however many they are") {
    Telemetry telemetry = measured();
    Backfill invoices = test::invoices();
    invoices.thresholds = {.max_missing = 5, .min_coverage = 0.95};
    telemetry.readings.push_back({.backfill = invoices, .snapshot = test::snapshot(3, 10, 9), .up = true});
    telemetry.configuration_reloaded = false;
    const std::string page = page_of(telemetry, Format::text);
    CHECK(
        has_line(page, R"(backfill_documents{backfill="invoices",index="orders",field="due_date",state="missing"} 3)"));
    CHECK(has_line(page,
                   R"(backfill_documents{backfill="invoices",index="orders",field="due_date",state="present"} 10)"));
    CHECK(has_line(page, R"(backfill_derived_documents{backfill="invoices",index="orders",field="overdue"} 9)"));
    CHECK(has_line(page, R"(backfill_max_missing{backfill="invoices"} 5)"));
    CHECK(has_line(page, R"(backfill_min_coverage{backfill="invoices"} 0.95)"));
    CHECK(has_line(page, "backfill_health_config_last_reload_successful 0"));
    CHECK(page.find("invoices_") == std::string::npos);
    CHECK(page.find("backfill_max_missing{backfill=\"bills\"") == std::string::npos);
    const std::string_view help = "# HELP backfill_documents ";
    CHECK(page.find(help) == page.rfind(help));
}

TEST_CASE("labels are escaped") {
    Telemetry odd = measured();
    odd.readings[0].backfill = test::invoices();
    odd.readings[0].backfill.index = "a\"b\\c\nd";
    odd.readings[0].backfill.field = "meta.due-date";
    const std::string page = page_of(odd, Format::text);
    CHECK(has_line(page, R"(backfill_health_index_info{index="a\"b\\c\nd"} 1)"));
    CHECK(page.find(R"(field="meta.due-date",state="missing")") != std::string::npos);
}
