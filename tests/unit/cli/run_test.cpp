#include "cli/command_line.hpp"

#include <cli/run.hpp>

#include <doctest/doctest.h>

namespace {

const cli::Option own{.name = "own", .argument = "X", .variable = "OWN"};

const std::vector<cli::Command> commands{
    {.name = "measure",
     .summary = "measure it",
     .description = "Measures it.",
     .options = {&own},
     .unused_options = {&cli::options::index},
     .operand = "FILE",
     .setup = [](cli::Settings& settings) -> cli::Action {
         const auto status = settings.whole_number(own, 0, 3);
         return [=] { return static_cast<cli::ExitStatus>(status); };
     }},
    {.name = "store", .summary = "store it", .description = "", .options = {}, .setup = nullptr},
};

using Words = std::vector<std::string>;

cli::Printout printed(const Words& words) {
    return std::get<cli::Printout>(*cli::parse_command_line(commands, words));
}

std::string error(const Words& words) {
    const auto request = cli::parse_command_line(commands, words);
    return request ? "" : health::one_line(request.error(), test::sentence);
}

} // namespace

TEST_CASE("help and version are texts") {
    for (const Words& words : {Words{"--help"}, Words{"-h"}}) {
        CHECK(printed(words).status == cli::done);
        CHECK(printed(words).text.find("\n  measure ") != std::string::npos);
    }
    for (const Words& words : {Words{"measure", "--help"}, Words{"-h", "measure"}, Words{"measure", "-h", "--own=1"}})
        CHECK(printed(words).text.starts_with("Usage: backfill-health measure [FILE] [options]\n"));
    CHECK(printed({"--version"}).text.starts_with("backfill-health "));
    CHECK(printed({"measure", "--version"}).text.starts_with("backfill-health "));
}

TEST_CASE("no command at all is wrong usage, and shows the help") {
    CHECK(printed({}).status == cli::usage);
    CHECK(printed({"-q"}).text == printed({"--help"}).text);
}

TEST_CASE("a command line is taken apart") {
    const auto request = cli::parse_command_line(commands, {"--own", "1", "measure", "file"});
    const auto& invocation = std::get<cli::Invocation>(*request);
    CHECK(invocation.command == commands.data());
    CHECK(invocation.arguments.positional() == Words{"measure", "file"});
}

TEST_CASE("what is wrong with a command line") {
    CHECK(error({"mesure"}) == "unknown command mesure; did you mean measure?");
    CHECK(error({"xyzzy", "--help"}) == "unknown command xyzzy; --help lists the commands");
    CHECK(error({"store", "--own=1"}) == "store has no option --own; backfill-health store --help lists its options");
    CHECK(error({"store", "file"}) == "store does not take \"file\"; backfill-health store --help shows what it takes");
    CHECK(error({"measure", "file", "more"}).starts_with("measure does not take \"more\""));
    CHECK(error({"measure", "--ownn=1"}) == "unknown option --ownn; did you mean --own?");
}

TEST_CASE("an option that the command does not use is taken, and not shown") {
    CHECK(error({"measure", "--index=a"}).empty());
    CHECK(printed({"measure", "--help"}).text.find("--index") == std::string::npos);
}

TEST_CASE("an action is run when its settings are right") {
    CHECK(cli::run(commands, {"measure", "--own=3"}, test::environment({})) == 3);
    CHECK(cli::run(commands, {"measure"}, test::environment({{"OWN", "1"}})) == 1);
}
