#include <base/text.hpp>
#include <cli/options.hpp>
#include <manual/completions.hpp>

#include <fmt/format.h>

namespace manual {

namespace {

using cli::Option;

/// Within single quotes, fish knows \\ and \' only.
std::string quoted_for_fish(std::string_view text) {
    std::string out = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + "'";
}

std::string line(const Option& option, const std::string& condition) {
    std::string out = fmt::format("complete -c backfill-health{} -l {}", condition, option.name);
    if (option.letter != 0)
        out += fmt::format(" -s {}", option.letter);
    if (!option.choices.empty())
        out += fmt::format(" -x -a '{}'", health::join(option.choices, " "));
    else if (option.takes_folder())
        out += " -x -a '(__fish_complete_directories)'";
    else if (option.takes_path())
        out += " -r -F";
    else if (!option.argument.empty())
        out += " -x";
    return fmt::format("{} -d {}\n", out, quoted_for_fish(explain(option)));
}

} // namespace

std::string fish_completion(cli::Commands commands) {
    std::string out = "# fish completion for backfill-health\n\ncomplete -c backfill-health -f\n";
    for (const cli::Command& command : commands)
        out += fmt::format("complete -c backfill-health -n __fish_use_subcommand -a {} -d {}\n", command.name,
                           quoted_for_fish(command.summary));
    for (const Option* option : cli::common_options())
        out += line(*option, "");
    for (const cli::Command& command : commands) {
        const std::string condition = fmt::format(" -n '__fish_seen_subcommand_from {}'", command.name);
        out += "\n";
        if (!command.operand.empty())
            out += fmt::format("complete -c backfill-health{} -F\n", condition);
        for (const Option* option : command.options)
            out += line(*option, condition);
    }
    return out;
}

} // namespace manual
