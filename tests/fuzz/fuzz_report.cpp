// Earlier reports: files that an operator names, perhaps the wrong ones.
#include "properties.hpp"
#include "support.hpp"

#include <base/printable.hpp>
#include <base/text.hpp>
#include <report/assessment.hpp>
#include <report/earlier_report.hpp>
#include <report/report.hpp>

namespace {

void comes_back(const health::Backfill& backfill, std::string_view report) {
    const auto parsed = health::parse_report(backfill, report);
    if (!parsed) {
        test::must(parsed.error().kind == health::ErrorKind::usage);
        test::must_be_tellable(parsed.error());
        return;
    }
    const auto read = [&](const std::string& text) { return test::must_succeed(health::parse_report(backfill, text)); };
    test::must(read(health::json_assessment(backfill, {.now = *parsed})) == *parsed);

    // On the lines of a text an index shows no control characters, and no blanks around it.
    health::Snapshot shown = *parsed;
    shown.index = health::trim(health::printable(parsed->index));
    const std::string text = health::text_report(backfill, shown);
    test::must(read(text) == shown && health::text_report(backfill, read(text)) == text);

    const health::Assessment compared{.now = shown, .compared = true, .before = *parsed};
    test::must(read(health::text_assessment(backfill, compared, health::Glyphs::ascii)) == shown);
    test::must(read(health::json_assessment(backfill, compared)) == shown);
}

} // namespace

void fuzz(std::string_view input) {
    comes_back(test::bills(), input);
    comes_back(test::invoices(), input);
}
