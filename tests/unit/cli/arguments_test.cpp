#include "support.hpp"

#include <cli/arguments.hpp>

#include <doctest/doctest.h>

using cli::Arguments;

namespace {

const cli::Option index_option{.name = "index", .argument = "NAME"};
const cli::Option term{.name = "term", .argument = "TERM", .repeatable = true};
const cli::Option loud{.name = "loud", .letter = 'l'};
const cli::Option help_option{.name = "help", .letter = 'h'};
const cli::Options known{&index_option, &term, &loud, &help_option};

using Words = std::vector<std::string>;

Arguments parse(const Words& words) {
    return *Arguments::parse(words, known);
}

std::string error(const Words& words) {
    const auto parsed = Arguments::parse(words, known);
    return parsed ? "" : health::one_line(parsed.error(), test::sentence);
}

Words values(const Arguments& arguments, const cli::Option& option) {
    const auto found = arguments.values(option);
    return {found.begin(), found.end()};
}

} // namespace

TEST_CASE("options may stand before, between and after the other words") {
    for (const Words& words : {Words{"--index", "a", "emit", "file"}, Words{"emit", "--index", "a", "file"},
                               Words{"emit", "file", "--index=a"}}) {
        const Arguments arguments = parse(words);
        CHECK(arguments.positional() == Words{"emit", "file"});
        CHECK(values(arguments, index_option) == Words{"a"});
    }
}

TEST_CASE("values that look like something else") {
    CHECK(values(parse({"--index", "emit"}), index_option) == Words{"emit"});
    CHECK(values(parse({"--index", "-1"}), index_option) == Words{"-1"});
    CHECK(values(parse({"--index", "-"}), index_option) == Words{"-"});
    CHECK(values(parse({"--index=a=b"}), index_option) == Words{"a=b"});
    CHECK(values(parse({"--index="}), index_option) == Words{""});
    CHECK(values(parse({"--index", ""}), index_option) == Words{""});
    CHECK(parse({"emit", "-"}).positional() == Words{"emit", "-"});
    CHECK(parse({"emit", "--", "--index=", "-x"}).positional() == Words{"emit", "--index=", "-x"});
}

TEST_CASE("letters of switches may stand together, and more than once") {
    const Arguments arguments = parse({"-lhl"});
    CHECK(arguments.values(loud).size() == 2);
    CHECK(arguments.has(help_option));
    CHECK_FALSE(arguments.has(index_option));
}

TEST_CASE("only an option that may be repeated is taken more than once") {
    CHECK(values(parse({"--term", "a", "--term=b"}), term) == Words{"a", "b"});
    CHECK(error({"--index", "a", "--index", "a"}) == "--index is given twice");
}

TEST_CASE("an option that does not exist is an error that has it as it was written") {
    CHECK(error({"--indx", "a"}) == "unknown option --indx; did you mean --index?");
    CHECK(error({"--indx=a"}) == "unknown option --indx; did you mean --index?");
    CHECK(error({"--ind", "a"}) == "unknown option --ind; did you mean --index?");
    CHECK(error({"-x"}) == "unknown option -x; --help lists the options");
    CHECK(error({"-lx"}) == "unknown option -lx; --help lists the options");
    CHECK(error({"--xyzzy"}) == "unknown option --xyzzy; --help lists the options");
    CHECK(error({"-1"}).starts_with("unknown option -1"));
    CHECK(error({"---"}).starts_with("unknown option ---"));
}

TEST_CASE("a value that is missing or too much") {
    CHECK(error({"emit", "--index"}).starts_with("--index needs a value"));
    CHECK(error({"--index", "-h"}).starts_with("--index needs a value"));
    CHECK(error({"--loud=very"}).starts_with("--loud takes no value"));
    CHECK(error({"--loud="}).starts_with("--loud takes no value"));
}

TEST_CASE("an option of another command is found") {
    CHECK(parse({"--index", "a", "-l"}).foreign_option({&loud}) == "index");
    CHECK_FALSE(parse({"--index", "a", "-l"}).foreign_option({&loud, &index_option}));
}
