#include "support.hpp"

#include <commands/shared/checkup.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

using namespace health;

namespace {

const Finding good{.check = "index", .severity = Severity::ok, .message = "gmail_emails_v2 exists"};
const Finding doubtful{
    .check = "last-snapshot", .severity = Severity::warning, .message = "none yet", .hint = "store one"};
const Finding bad{.check = "disk", .severity = Severity::problem, .message = "is 97 % full", .hint = "make room"};

Finding of(const std::string& backfill, Finding finding) {
    finding.backfill = backfill;
    return finding;
}

std::string text(std::vector<Finding> findings) {
    return cli::to_text({.findings = std::move(findings)}, cli::Paint(false));
}

} // namespace

TEST_CASE("each finding is a line, its remedy is below it, and the end counts them") {
    CHECK(text({good, doubtful, bad}) == "ok       index          gmail_emails_v2 exists\n"
                                         "warning  last-snapshot  none yet\n"
                                         "                        store one\n"
                                         "problem  disk           is 97 % full\n"
                                         "                        make room\n"
                                         "1 ok, 1 warning, 1 problem\n");
}

TEST_CASE("findings about one of several backfills are below its name") {
    CHECK(text({good, of("bills", good), of("invoices", good)}) == "ok       index  gmail_emails_v2 exists\n"
                                                                   "\n"
                                                                   "bills\n"
                                                                   "ok       index  gmail_emails_v2 exists\n"
                                                                   "\n"
                                                                   "invoices\n"
                                                                   "ok       index  gmail_emails_v2 exists\n"
                                                                   "3 ok, 0 warnings, 0 problems\n");
}

TEST_CASE("what others have written does not break a line or reach the terminal") {
    Finding odd = bad;
    odd.message = "two\nlines\x1b[2J";
    odd.hint = "three\r\nlines";
    const std::string out = text({of("a\nb", odd)});
    CHECK(out.find('\x1b') == std::string::npos);
    CHECK(std::ranges::count(out, '\n') == 4);
}

TEST_CASE("warnings are no failure, problems are, and an engine that is not there is another") {
    const auto status = [](std::vector<Finding> findings, bool reached = true) {
        return cli::status_of({.findings = std::move(findings), .reached = reached});
    };
    CHECK(status({}) == cli::done);
    CHECK(status({good, doubtful}) == cli::done);
    CHECK(status({good, bad}) == cli::check);
    CHECK(status({good}, false) == cli::failed);
}
