#include <cli/run.hpp>

#include <base/columns.hpp>
#include <base/version.hpp>
#include <cli/appearance.hpp>
#include <cli/command.hpp>
#include <cli/options.hpp>
#include <terminal/console.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unistd.h>

namespace cli {

namespace {

std::string option_lines(const Options& options) {
    std::string out;
    for (const Option* option : options) {
        std::string left = fmt::format("--{}", option->name);
        if (option->letter != 0)
            left += fmt::format(", -{}", option->letter);
        if (!option->argument.empty())
            left += fmt::format(" {}", option->argument);
        std::string right = explain(*option);
        if (!option->variable.empty())
            right += fmt::format(" [{}]", option->variable);
        if (!option->fallback.empty())
            right += fmt::format(" (default: {})", option->fallback);
        out += fmt::format("  {:<28} {}\n", left, right);
    }
    return out;
}

std::string program_help(std::span<const Command> commands) {
    std::string out = fmt::format("Usage: backfill-health [options] COMMAND [options]\n\n{}\n\nCommands:\n",
                                  health::wrapped(program_description));
    for (const Command& command : commands)
        out += fmt::format("  {:<18} {}\n", command.name, command.summary);
    return out + "\nbackfill-health COMMAND --help shows the options of a command.\n\nOptions:\n" +
           option_lines(common_options());
}

std::string command_help(const Command& command) {
    std::string out =
        fmt::format("Usage: backfill-health {}{} [options]\n\n{}\n\n{}\n\nOptions:\n{}", command.name,
                    command.operand.empty() ? "" : fmt::format(" [{}]", command.operand), command.summary,
                    health::wrapped(command.description), option_lines(command.options + common_options()));
    out += "\nExamples:\n";
    for (const Example& example : command.examples)
        out += fmt::format("  # {}\n  {}\n", example.purpose, example.line);
    out += "\nExit status:\n";
    for (const ExitMeaning& exit : command.exits)
        out += fmt::format("  {:<4} {}\n", exit.status, exit.meaning);
    return out;
}

Options known_options(std::span<const Command> commands) {
    Options out = common_options();
    for (const Command& command : commands)
        for (const Option* option : command.options)
            if (std::ranges::find(out, option) == out.end())
                out.push_back(option);
    return out;
}

Result<const Command*> find_command(std::span<const Command> commands, const std::string& word) {
    std::vector<std::string_view> names;
    for (const Command& command : commands) {
        if (command.name == word)
            return &command;
        names.push_back(command.name);
    }
    const auto guess = nearest(word, names);
    return Error{ErrorKind::usage, fmt::format("unknown command {}", word),
                 guess ? fmt::format("did you mean {}?", *guess) : "--help shows those that exist"};
}

ExitStatus show(const std::string& text) {
    const auto printed = print(text);
    return printed ? done : report(printed.error());
}

Result<void> check_words(const Command& command, const Arguments& arguments) {
    if (const auto option = arguments.foreign_option(command.options + common_options()))
        return Error{ErrorKind::usage, fmt::format("{} has no option --{}", command.name, *option),
                     fmt::format("backfill-health {} --help shows those that it has", command.name)};
    const std::size_t most = command.operand.empty() ? 1 : 2;
    if (arguments.positional().size() > most)
        return Error{ErrorKind::usage,
                     fmt::format("{} does not take \"{}\"", command.name, arguments.positional()[most]),
                     fmt::format("backfill-health {} --help shows what it takes", command.name)};
    return {};
}

} // namespace

int run(std::span<const Command> commands, const std::vector<std::string>& words, const Environment& environment) {
    const auto arguments = Arguments::parse(words, known_options(commands), environment);
    if (!arguments)
        return report(arguments.error());
    if (arguments->has(options::version))
        return show(arguments->has(options::json)
                        ? fmt::format(R"({{"name":"backfill-health","version":"{}","revision":"{}"}})"
                                      "\n",
                                      health::version, health::revision)
                        : fmt::format("backfill-health {} ({})\n", health::version, health::revision));
    if (arguments->positional().empty()) {
        if (arguments->has(options::help))
            return show(program_help(commands));
        fmt::print(stderr, "{}", program_help(commands));
        return usage;
    }
    const auto command = find_command(commands, arguments->positional().front());
    if (!command)
        return report(command.error());
    if (arguments->has(options::help))
        return show(command_help(**command));
    if (const auto fits = check_words(**command, *arguments); !fits)
        return report(fits.error());
    if (const auto configured = configure_log(*arguments); !configured)
        return report(configured.error());
    if (const auto color = read_color(*arguments); !color)
        return report(color.error());
    if (arguments->has(options::quiet))
        be_quiet();
    const auto action = (*command)->setup(*arguments);
    if (!action)
        return report(action.error());
    std::optional<PatienceLine> patience;
    if (!(*command)->endless && !is_quiet() && is_terminal(STDERR_FILENO, *arguments))
        patience.emplace(fmt::format("backfill-health {}", (*command)->name));
    return (*action)();
}

} // namespace cli
