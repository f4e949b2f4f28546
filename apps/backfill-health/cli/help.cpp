#include <cli/help.hpp>

#include <base/columns.hpp>
#include <cli/options.hpp>

#include <fmt/format.h>

namespace cli {

namespace {

constexpr std::size_t width = health::usual_width;
constexpr std::size_t name_width = 26; ///< of the options' names, before what is said of them

std::string option_name(const Option& option) {
    std::string out = fmt::format("--{}", option.name);
    if (option.letter != 0)
        out += fmt::format(", -{}", option.letter);
    if (!option.argument.empty())
        out += fmt::format(" {}", option.argument);
    return out;
}

/// The variable and the default, which stay together on a line.
std::string option_sources(const Option& option) {
    std::string out;
    if (!option.variable.empty())
        out += fmt::format("[{}]", option.variable);
    if (!option.fallback.empty())
        out += fmt::format("{}(default: {})", out.empty() ? "" : " ", option.fallback);
    return out;
}

std::string option_entry(const Option& option) {
    constexpr std::size_t text_width = width - name_width - 4;
    std::vector<std::string> lines = health::wrap(explain(option), text_width);
    const std::string sources = option_sources(option);
    if (!sources.empty()) {
        if (!lines.empty() && health::columns_of(lines.back()) + 1 + health::columns_of(sources) <= text_width)
            lines.back() += " " + sources;
        else
            lines.push_back(sources);
    }
    std::string out = "  " + option_name(option);
    for (const std::string& line : lines) {
        const bool beside = &line == &lines.front() && out.size() <= name_width + 2;
        out += fmt::format("{}{:{}}{}", beside ? "" : "\n", "", name_width + 4 - (beside ? out.size() : 0), line);
    }
    return out + "\n";
}

std::string option_lists(const Options& options) {
    std::string out;
    for (const OptionSection& section : in_sections(options)) {
        out += fmt::format("\n{}:\n", section.title);
        for (const Option* option : section.options)
            out += option_entry(*option);
    }
    return out;
}

} // namespace

std::string program_help(Commands commands) {
    std::string out = fmt::format("Usage: backfill-health [options] COMMAND [options]\n\n{}\n\nCommands:\n",
                                  health::wrapped(program_description));
    for (const Command& command : commands)
        out += fmt::format("  {:<18} {}\n", command.name, command.summary);
    return out + "\nbackfill-health COMMAND --help shows the options of a command.\n" + option_lists(common_options());
}

std::string command_help(const Command& command) {
    std::string out = fmt::format("Usage: backfill-health {}{} [options]\n\n{}\n\n{}\n{}", command.name,
                                  operand_words(command), command.summary, health::wrapped(command.description),
                                  option_lists(command.options + common_options()));
    out += "\nExamples:\n";
    for (const Example& example : command.examples)
        out += fmt::format("  # {}\n  {}\n", example.purpose, example.line);
    out += "\nExit status:\n";
    for (const ExitMeaning& exit : command.exits)
        out += fmt::format("  {:<4} {}\n", exit.status, exit.meaning);
    return out;
}

} // namespace cli
