#include <manual/settings_page.hpp>

#include <base/text.hpp>
#include <cli/options.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <vector>

namespace manual {

namespace {

using cli::Command;
using cli::Commands;
using cli::Option;
using cli::OptionGroup;
using cli::Options;

constexpr std::string_view introduction =
    R"(<!-- Written from the table of options: cp build/manual/settings.md docs/settings.md -->
# Settings

A flag overrides its variable, the variable overrides the configuration file, and that overrides the default (see
[backfills.md](backfills.md)). An empty variable counts as not set.
`--help` after a command lists the options of that command.

Secrets are read from files, or from variables; no flag takes a secret itself. `import-dashboard`, `bootstrap` and `doctor`
read the credentials for Kibana from variables that begin with `KIBANA_` in place of `ES_`, such as `KIBANA_API_KEY_FILE`.
If none of these is set, they use the `ES_` ones.
)";

bool has(const Options& options, const Option& option) {
    return std::ranges::any_of(options, [&](const Option* each) { return each->name == option.name; });
}

std::vector<std::string> users(const Option& option, Commands commands) {
    std::vector<std::string> out;
    for (const Command& command : commands)
        if (has(command.options, option))
            out.push_back(fmt::format("`{}`", command.name));
    return out;
}

/// Each once, in the order of the commands.
Options all_options(Commands commands) {
    Options out;
    for (const Command& command : commands)
        for (const Option* option : command.options)
            if (!has(out, *option))
                out.push_back(option);
    return out + cli::common_options();
}

std::string code(std::string_view text) {
    return text.empty() ? "" : fmt::format("`{}`", text);
}

/// The text with its flags, its variables and what it quotes as code.
std::string marked_up(std::string_view text) {
    constexpr std::string_view separators = " ,;:()";
    std::string out;
    while (!text.empty()) {
        if (const auto quote = text.find('\'', 1); text.front() == '\'' && quote != std::string_view::npos) {
            out += code(text.substr(1, quote - 1));
            text.remove_prefix(quote + 1);
        } else {
            const auto word = text.substr(0, std::min(text.find_first_of(separators), text.size()));
            const bool flag = word.starts_with("--");
            const bool variable = word.find('_') != std::string_view::npos;
            out += flag || variable ? code(word) : std::string(word);
            text.remove_prefix(word.size());
        }
        const auto space = text.substr(0, std::min(text.find_first_not_of(separators), text.size()));
        out += space;
        text.remove_prefix(space.size());
    }
    return out;
}

std::string flags(const Option& option) {
    const std::string name = fmt::format("--{}{}{}", option.name, option.argument.empty() ? "" : " ", option.argument);
    return option.letter == 0 ? code(name) : fmt::format("`-{}`, {}", option.letter, code(name));
}

/// With the commands that have the option, unless these are most of them, or the heading names the only one.
std::string meaning(const Option& option, Commands commands) {
    const std::vector<std::string> names = users(option, commands);
    std::string text = marked_up(cli::explain(option));
    const bool in_heading = option.group == OptionGroup::command && names.size() == 1;
    if (names.empty() || in_heading || names.size() > commands.size() / 2)
        return text;
    return fmt::format("{} ({})", text, health::join(names, ", "));
}

std::string section(std::string_view title, const Options& options, Commands commands) {
    if (options.empty())
        return "";
    std::string out = fmt::format("\n## {}\n\n| option | variable | default | meaning |\n|---|---|---|---|\n", title);
    for (const Option* option : options)
        out += fmt::format("| {} | {} | {} | {} |\n", flags(*option), code(option->variable), code(option->fallback),
                           meaning(*option, commands));
    return out;
}

} // namespace

std::string settings_page(Commands commands) {
    std::string shared;
    Options of_commands;
    for (const cli::OptionSection& each : cli::in_sections(all_options(commands)))
        if (each.options.front()->group == OptionGroup::command)
            of_commands = each.options;
        else
            shared += section(each.title, each.options, commands);

    Options of_several;
    std::ranges::copy_if(of_commands, std::back_inserter(of_several),
                         [&](const Option* option) { return users(*option, commands).size() > 1; });
    std::string own;
    for (const Command& command : commands) {
        Options only;
        std::ranges::copy_if(of_commands, std::back_inserter(only), [&](const Option* option) {
            return has(command.options, *option) && !has(of_several, *option);
        });
        own += section(fmt::format("Options of `{}`", command.name), only, commands);
    }
    return std::string(introduction) + shared + section("Options of several commands", of_several, commands) + own;
}

} // namespace manual
