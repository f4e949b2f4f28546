#include "has.hpp"
#include "support.hpp"

#include <exposition/textfile.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace health;
using namespace health::exposition;
using test::has_line;

namespace {

const std::array backfills{test::bills(), test::invoices()};
const Result<Snapshot> failure = Error{ErrorKind::timeout, "timed out", ""};

Result<Snapshot> measured_at(const std::string& time) {
    Snapshot out = test::snapshot(2, 20, 18);
    out.ts = test::at(time);
    return out;
}

std::string render(const std::array<Result<Snapshot>, 2>& results, std::string_view previous = "") {
    return render_textfile(backfills, results, previous);
}

} // namespace

TEST_CASE("a textfile has the numbers, and the time of the measurement") {
    const auto text = render({measured_at("2025-10-10T14:22:30Z"), measured_at("2025-10-10T14:22:31Z")});
    CHECK(has_line(text, "bills_missing_dates 2.0"));
    CHECK(
        has_line(text, R"(backfill_documents{backfill="invoices",index="orders",field="due_date",state="missing"} 2)"));
    CHECK(has_line(text, "backfill_health_up 1"));
    CHECK(has_line(text, "backfill_health_last_run_timestamp 1760106151.000"));
    CHECK(text.find("refresh") == text.find("refresh timestamp")); // no counter, but for that help text
}

TEST_CASE("a failure leaves the others' numbers and the time of the last success") {
    const auto good = render({measured_at("2025-10-10T14:22:31Z"), measured_at("2025-10-10T14:22:31Z")});
    const auto bad = render({failure, measured_at("2025-10-10T15:00:00Z")}, good);
    CHECK(bad.find("bills_missing") == std::string::npos);
    CHECK(has_line(bad, R"(backfill_up{backfill="bills"} 0)"));
    CHECK(has_line(bad, R"(backfill_last_success_timestamp_seconds{backfill="bills"} 1760106151.000)"));
    CHECK(
        has_line(bad, R"(backfill_documents{backfill="invoices",index="orders",field="due_date",state="missing"} 2)"));
    CHECK(has_line(bad, "backfill_health_up 0"));
    CHECK(has_line(bad, "backfill_health_last_run_timestamp 1760106151.000"));
    CHECK(has_line(render({failure, failure}, bad), "backfill_health_last_run_timestamp 1760106151.000"));
}

TEST_CASE("without an earlier textfile the last success is 0") {
    for (const std::string_view previous :
         {"", "backfill_health_last_run_timestamp", "backfill_health_last_run_timestamp soon\n", "nonsense"}) {
        CAPTURE(previous);
        CHECK(has_line(render({failure, failure}, previous), "backfill_health_last_run_timestamp 0.000"));
    }
}
