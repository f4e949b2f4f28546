#include <cli/run.hpp>

#include <base/nearest.hpp>
#include <base/version.hpp>
#include <cli/appearance.hpp>
#include <cli/find_configuration.hpp>
#include <cli/help.hpp>
#include <cli/hints.hpp>
#include <cli/logging.hpp>
#include <cli/options.hpp>
#include <cli/report.hpp>
#include <terminal/console.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <unistd.h>

namespace cli {

namespace {

Options known_options(Commands commands) {
    Options out = common_options();
    for (const Command& command : commands)
        for (const Option* option : command.options + command.unused_options)
            if (std::ranges::find(out, option) == out.end())
                out.push_back(option);
    return out;
}

Result<const Command*> find_command(Commands commands, const std::string& word) {
    std::vector<std::string_view> names;
    for (const Command& command : commands) {
        if (command.name == word)
            return &command;
        names.push_back(command.name);
    }
    const auto guess = health::nearest(word, names);
    return Error{ErrorKind::usage, fmt::format("unknown command {}", word),
                 guess ? fmt::format("did you mean {}?", *guess) : hints::list_commands};
}

Result<void> check_words(const Command& command, const Arguments& arguments) {
    const Options allowed = command.options + command.unused_options + common_options();
    if (const auto option = arguments.foreign_option(allowed))
        return Error{ErrorKind::usage, fmt::format("{} has no option --{}", command.name, *option),
                     hints::list_options_of(command.name)};
    const std::size_t most = command.operand.empty() ? 1 : 2;
    if (!command.takes_names && arguments.positional().size() > most)
        return Error{ErrorKind::usage,
                     fmt::format("{} does not take \"{}\"", command.name, arguments.positional()[most]),
                     hints::list_words_of(command.name)};
    return {};
}

std::string version_text(bool as_json) {
    if (!as_json)
        return fmt::format("backfill-health {} ({})\n", health::version, health::revision);
    return fmt::format(R"({{"name":"backfill-health","version":"{}","revision":"{}"}})"
                       "\n",
                       health::version, health::revision);
}

ExitStatus show(const Printout& printout) {
    if (printout.status != done) {
        print_to_stderr(printout.text);
        return printout.status;
    }
    const auto printed = print(printout.text);
    return printed ? done : report(printed.error());
}

/// Nothing when there is no file.
Result<void> read_configuration_file(Settings& settings, const Options& known) {
    const auto file = find_configuration(settings);
    if (!file)
        return {};
    auto configuration = read_configuration(*file, known);
    if (!configuration)
        return configuration.error();
    if ((*configuration)->backfills)
        name_backfills_file(*file);
    settings.use(*std::move(configuration));
    return {};
}

/// For hints. What nobody has set is best set as a variable.
std::string place_of(const Settings& settings, const Option& option) {
    switch (settings.setting(option).source.kind) {
    case Source::Kind::flag:
        return fmt::format("--{}", option.name);
    case Source::Kind::file:
        return fmt::format("{} in {}", option.name, settings.configuration()->file);
    case Source::Kind::variable:
    case Source::Kind::fallback:
        break;
    }
    return std::string(option.variable);
}

ExitStatus run_command(const Invocation& invocation, const Options& known, const Environment& environment) {
    const Command& command = *invocation.command;
    Settings settings(invocation.arguments, environment);
    if (const auto configured = read_configuration_file(settings, known); !configured)
        return report(configured.error());
    name_store_url(place_of(settings, options::es_url));
    configure_log(settings);
    read_color(settings); // also where the command has no colours
    if (settings.has_flag(options::quiet))
        set_quiet();
    const Action action = command.setup(settings);
    if (settings.failed())
        return report(*settings.error());
    std::optional<ElapsedLine> elapsed;
    if (!command.endless && !is_quiet() && is_terminal(STDERR_FILENO, settings))
        elapsed.emplace(fmt::format("backfill-health {}", command.name));
    return action();
}

} // namespace

Result<CommandLine> parse_command_line(Commands commands, const std::vector<std::string>& words) {
    auto arguments = Arguments::parse(words, known_options(commands));
    if (!arguments)
        return arguments.error();
    if (arguments->has(options::version))
        return CommandLine(Printout{version_text(arguments->has(options::json))});
    const bool help = arguments->has(options::help);
    if (arguments->positional().empty())
        return CommandLine(Printout{program_help(commands), help ? done : usage});
    const auto command = find_command(commands, arguments->positional().front());
    if (!command)
        return command.error();
    if (help)
        return CommandLine(Printout{command_help(**command)});
    if (const auto fits = check_words(**command, *arguments); !fits)
        return fits.error();
    return CommandLine(Invocation{.command = *command, .arguments = *std::move(arguments)});
}

int run(Commands commands, const std::vector<std::string>& words, const Environment& environment) {
    const auto request = parse_command_line(commands, words);
    if (!request)
        return report(request.error());
    if (const auto* printout = std::get_if<Printout>(&*request))
        return show(*printout);
    return run_command(std::get<Invocation>(*request), known_options(commands), environment);
}

} // namespace cli
