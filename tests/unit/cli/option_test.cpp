#include <cli/option.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using cli::one_of;
using cli::Option;
using cli::OptionGroup;

namespace {

const Option own{.name = "own", .argument = "N", .help = "a number"};
const Option last{.name = "last", .group = OptionGroup::general};
const Option url{.name = "url", .argument = "URL", .variable = "ES_URL", .group = OptionGroup::connection};
const Option port{.name = "port", .argument = "N", .group = OptionGroup::connection};

} // namespace

TEST_CASE("options are listed under their headings, in a fixed order, and empty headings are left out") {
    const auto sections = cli::in_sections({&last, &url, &own, &port});
    REQUIRE(sections.size() == 3);
    CHECK(sections[0].title == "Options");
    CHECK(sections[0].options == cli::Options{&own});
    CHECK(sections[1].title == "Connection options");
    CHECK(sections[1].options == cli::Options{&url, &port});
    CHECK(sections[2].title == "General options");
    CHECK(sections[2].options == cli::Options{&last});
    CHECK(cli::in_sections({}).empty());
}

TEST_CASE("choices as a sentence") {
    CHECK(one_of({}).empty());
    CHECK(one_of({"auto"}) == "auto");
    CHECK(one_of({"auto", "never"}) == "auto or never");
    CHECK(one_of({"auto", "always", "never"}) == "auto, always or never");
}

TEST_CASE("what an option does, what it accepts, and the variable that holds a secret itself") {
    CHECK(cli::explain(own) == "a number");
    CHECK(cli::explain(last).empty());
    CHECK(cli::explain({.name = "a", .argument = "A", .help = "when", .choices = {"x", "y"}}) == "x or y; when");
    CHECK(cli::explain({.name = "a", .argument = "FILE", .help = "file with a key", .content_variable = "ES_KEY"}) ==
          "file with a key; or set ES_KEY");
}

TEST_CASE("a configuration file sets what a variable sets, but neither what is measured nor itself") {
    CHECK(url.configurable());
    CHECK_FALSE(port.configurable());
    CHECK(Option{.name = "stale", .also_in_file = true}.configurable());
    CHECK_FALSE(Option{.name = "index", .variable = "INDEX", .group = OptionGroup::backfill}.configurable());
    CHECK_FALSE(Option{.name = "config", .variable = "CONFIG"}.configurable());
}

TEST_CASE("shells complete paths where an option takes one") {
    CHECK(Option{.name = "a", .argument = "FILE"}.takes_path());
    CHECK(Option{.name = "a", .argument = "FILE.prom"}.takes_path());
    CHECK(Option{.name = "a", .argument = "DIR"}.takes_path());
    CHECK(Option{.name = "a", .argument = "DIR"}.takes_folder());
    CHECK_FALSE(Option{.name = "a", .argument = "FILE"}.takes_folder());
    CHECK_FALSE(Option{.name = "a", .argument = "FIELD"}.takes_path());
    CHECK_FALSE(Option{.name = "a"}.takes_path());
}
