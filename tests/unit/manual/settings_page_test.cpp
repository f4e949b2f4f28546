#include "has.hpp"
#include "manual/made_up.hpp"

#include <manual/settings_page.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using test::has;

namespace {

std::string page() {
    return manual::settings_page(test::made_up_commands());
}

std::string section(std::string_view title) {
    const std::string all = page();
    const auto begin = all.find("\n## " + std::string(title) + "\n");
    REQUIRE(begin != std::string::npos);
    return all.substr(begin, all.find("\n## ", begin + 1) - begin);
}

} // namespace

TEST_CASE("an option is a row under the command that has it") {
    const std::string own = section("Options of `paint`");
    CHECK(has(own, "| `--folder DIR` | `PAINT_FOLDER` | `~/paint` | where it's kept |\n"));
    CHECK(has(own, "| `--mode MODE` |  |  |"));
    CHECK_FALSE(has(own, "--level"));
    CHECK_FALSE(has(page(), "Options of `dry`"));
}

TEST_CASE("an option of several commands is there once, with flags as code") {
    CHECK(has(section("Options of several commands"), "| `--level N` |  |  | as in `--mode` (see [x]: a\\b) |\n"));
    CHECK(page().find("--level") == page().rfind("--level"));
}

TEST_CASE("what every command has is under its heading, with its short form") {
    CHECK(has(section("General options"), "| `-h`, `--help` |"));
}
