#include "has.hpp"
#include "manual/made_up.hpp"

#include <manual/manual_page.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using test::has;

namespace {

const manual::Edition edition{.version = "1.2.3", .date = "2025-10-10"};

std::string page() {
    const auto commands = test::made_up_commands();
    return manual::command_page(commands.front(), commands, edition);
}

std::string section(const std::string& page, const std::string& name) {
    const auto begin = page.find(".SH " + name + "\n");
    REQUIRE(begin != std::string::npos);
    return page.substr(begin, page.find("\n.SH ", begin) - begin) + "\n";
}

} // namespace

TEST_CASE("a page of the manual has edition, name and usage") {
    CHECK(page().starts_with(
        ".TH BACKFILL\\-HEALTH\\-PAINT 1 2025-10-10 \"backfill\\-health 1.2.3\" \"User Commands\"\n"));
    CHECK(has(section(page(), "NAME"), "backfill\\-health\\-paint \\- paint a well\\-kept wall\n"));
    CHECK(has(section(page(), "SYNOPSIS"), "\\fBbackfill\\-health paint\\fR [\\fIFILE\\fR] [\\fIoptions\\fR]\n"));
    const auto commands = test::made_up_commands();
    CHECK(has(manual::command_page(commands.back(), commands, edition), " [\\fINAME\\fR]... [\\fIoptions\\fR]\n"));
}

TEST_CASE("what troff would take for a request or an escape stands as it is") {
    const std::string description = section(page(), "DESCRIPTION");
    CHECK(has(description, "First.\n.PP\nUses\n"));
    CHECK(has(description, "\n\\&.hidden files, and \\en.\n"));
}

TEST_CASE("an option has its values, its meaning, its variable and its default") {
    const std::string options = section(page(), "OPTIONS");
    CHECK(has(options, ".TP\n\\fB\\-\\-folder\\fR \\fIDIR\\fR\nWhere it\\(aqs kept.\nVariable: \\fBPAINT_FOLDER\\fR.\n"
                       "Default: \\fB\\(ti/paint\\fR.\n"));
    CHECK(has(options, "\\fBdry or wet\\fR.\nHow.\n"));
    CHECK(options.find("\\-\\-folder") < options.find(".SS General options"));
    CHECK(has(section(page(), "ENVIRONMENT"), "\\fBPAINT_FOLDER\\fR\nThe same as \\fB\\-\\-folder\\fR.\n"));
    CHECK(has(section(page(), "FILES"), "\\fI\\(ti/paint\\fR\n"));
}

TEST_CASE("an example stands as it is typed, and each exit status has its meaning") {
    CHECK(has(section(page(), "EXAMPLES"), "Paint it.\n.PP\n.RS 4\n.EX\npaint \\-\\-mode \\(aqdry\\(aq\n.EE\n"));
    CHECK(has(section(page(), "EXIT STATUS"), "\\fB1\\fR\nIt\\(aqs wet.\n"));
}

TEST_CASE("a page refers to all others, and not to itself") {
    CHECK(section(page(), "SEE ALSO") ==
          ".SH SEE ALSO\n.BR backfill\\-health (1) ,\n.BR backfill\\-health\\-dry (1)\n\n");
    const std::string program = manual::program_page(test::made_up_commands(), edition);
    CHECK(has(section(program, "COMMANDS"), "\\fBbackfill\\-health\\-paint\\fR(1)\nPaint a well\\-kept wall.\n"));
    CHECK(has(section(program, "SEE ALSO"), "backfill\\-health\\-paint (1) ,\n.BR backfill\\-health\\-dry (1)\n"));
}
