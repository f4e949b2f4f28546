#include <cli/help.hpp>
#include <cli/options.hpp>
#include <commands/commands.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <sstream>

namespace {

std::vector<std::string> lines(const std::string& text) {
    std::istringstream stream(text);
    std::vector<std::string> out;
    for (std::string line; std::getline(stream, line);)
        out.push_back(line);
    return out;
}

const cli::Command& command(std::string_view name) {
    return *std::ranges::find(cli::all_commands(), name, &cli::Command::name);
}

} // namespace

TEST_CASE("options stand in sections, the command's own first") {
    std::string titles;
    for (const std::string& line : lines(cli::command_help(command("validate"))))
        if (!line.starts_with(' ') && line.ends_with(':'))
            titles += line;
    CHECK(titles == "Options:Backfill options:Output options:Connection options:General options:Examples:Exit status:");
}

TEST_CASE("lists of options fit a terminal") {
    for (const cli::Command& each : cli::all_commands()) {
        const std::string help = cli::command_help(each);
        for (const std::string& line : lines(help.substr(0, help.find("\nExamples:")))) {
            CAPTURE(line);
            CHECK(line.size() <= 80);
            CHECK_FALSE(line.ends_with(' '));
        }
    }
}

TEST_CASE("an entry has letter, value, meaning, variable and default") {
    const cli::Command one{.name = "one",
                           .summary = "",
                           .description = "",
                           .options = {&cli::options::timeout, &cli::options::api_key_file},
                           .setup = nullptr};
    const std::string help = cli::command_help(one);
    CHECK(help.find("\n  --timeout TIME              deadline of one operation") != std::string::npos);
    CHECK(help.find(" [ES_TIMEOUT] (default: 10s)\n") != std::string::npos);
    CHECK(help.find("; or set ES_API_KEY\n") != std::string::npos);
    CHECK(help.find("\n  --help, -h ") != std::string::npos);
    CHECK(help.find("\nBackfill options:") == std::string::npos);
}

TEST_CASE("the program's help lists the commands and what they share") {
    const std::string help = cli::program_help(cli::all_commands());
    for (const cli::Command& each : cli::all_commands())
        CHECK(help.find(fmt::format("\n  {} ", each.name)) != std::string::npos);
    CHECK(help.find("\nGeneral options:\n  --quiet, -q ") != std::string::npos);
    CHECK(help.find("--es-url") == std::string::npos);
}

TEST_CASE("no name of an option has two meanings") {
    std::map<std::string_view, const cli::Option*> seen;
    for (const cli::Command& each : cli::all_commands())
        for (const cli::Option* option : each.options + cli::common_options())
            CHECK(seen.try_emplace(option->name, option).first->second == option);
}
