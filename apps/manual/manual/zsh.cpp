#include <base/text.hpp>
#include <cli/options.hpp>
#include <manual/completions.hpp>

#include <fmt/format.h>

namespace manual {

namespace {

using cli::Option;
using cli::Options;

std::string escaped(std::string_view text, std::string_view special) {
    std::string out;
    for (const char c : text) {
        if (special.find(c) != std::string_view::npos)
            out += '\\';
        out += c;
    }
    return out;
}

/// In single quotes, which quote everything but themselves.
std::string quoted_for_zsh(std::string_view text) {
    std::string out = "'";
    for (const char c : text)
        c == '\'' ? void(out += "'\\''") : void(out += c);
    return out + "'";
}

std::string action(const Option& option) {
    if (!option.choices.empty())
        return fmt::format("({})", health::join(option.choices, " "));
    if (option.takes_folder())
        return "_files -/";
    return option.takes_path() ? "_files" : " ";
}

/// A specification of _arguments: zshcompsys(1).
std::string specification(const Option& option) {
    std::string rest = fmt::format("[{}]", escaped(explain(option), "[]\\"));
    if (!option.argument.empty())
        rest += fmt::format(":{}:{}", escaped(option.argument, ":\\"), action(option));
    const std::string equals = option.argument.empty() ? "" : "=";
    if (option.letter != 0)
        return fmt::format("        '(-{0} --{1})'{{-{0},--{1}}}{2}", option.letter, option.name, quoted_for_zsh(rest));
    return fmt::format("        {}", quoted_for_zsh(fmt::format("{}--{}{}{}", option.repeatable ? "*" : "", option.name,
                                                                equals, rest)));
}

std::string specifications(const Options& list) {
    std::string out;
    for (const Option* option : list)
        out += fmt::format(" \\\n{}", specification(*option));
    return out;
}

} // namespace

std::string zsh_completion(cli::Commands commands) {
    std::string names;
    std::string branches;
    for (const cli::Command& command : commands) {
        names += fmt::format("        {}\n",
                             quoted_for_zsh(fmt::format("{}:{}", command.name, escaped(command.summary, ":\\"))));
        branches +=
            fmt::format("    {})\n        _arguments -s -S{}{} ;;\n", command.name,
                        specifications(command.options + cli::common_options()),
                        command.operand.empty() ? "" : fmt::format(" \\\n        '1:{}:_files'", command.operand));
    }
    return fmt::format(R"(#compdef backfill-health

local context state state_descr line
typeset -A opt_args
local -a commands

_arguments -s -S -C{} \
        '1:command:->command' '*::argument:->argument' && return
case $state in
command)
    commands=(
{}    )
    _describe -t commands command commands ;;
argument)
    case $words[1] in
{}    esac ;;
esac
)",
                       specifications(cli::common_options()), names, branches);
}

} // namespace manual
