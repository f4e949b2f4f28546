#include <base/text.hpp>
#include <cli/options.hpp>
#include <manual/completions.hpp>

#include <fmt/format.h>

#include <map>

namespace manual {

namespace {

using cli::Option;
using cli::Options;

std::string words(const Options& list) {
    std::vector<std::string> out;
    for (const Option* option : list) {
        out.push_back(fmt::format("--{}", option->name));
        if (option->letter != 0)
            out.push_back(fmt::format("-{}", option->letter));
    }
    return health::join(out, " ");
}

/// The completion of an option's value; empty when only the user can know it.
std::string values(const Option& option) {
    if (!option.choices.empty())
        return fmt::format("-W '{}'", health::join(option.choices, " "));
    if (option.takes_folder())
        return "-d";
    return option.takes_path() ? "-f" : "-W ''";
}

std::string branch(std::string_view command, std::string_view operand, const Options& list) {
    std::string out = fmt::format("    {})\n        options='{}'\n        operand=\"{}\"\n        case $previous in\n",
                                  command, words(list), operand);
    std::map<std::string, std::vector<std::string>> takers;
    for (const Option* option : list)
        if (!option->argument.empty())
            takers[values(*option)].push_back(fmt::format("--{}", option->name));
    for (const auto& [value, names] : takers)
        out += fmt::format("        {}) value=\"{}\" ;;\n", health::join(names, " | "), value);
    return out + "        esac\n        ;;\n";
}

} // namespace

std::string bash_completion(cli::Commands commands) {
    std::vector<std::string_view> names;
    std::string branches;
    for (const cli::Command& command : commands) {
        names.push_back(command.name);
        branches +=
            branch(command.name, command.operand.empty() ? "-W ''" : "-f", command.options + cli::common_options());
    }
    branches += branch("*", fmt::format("-W '{}'", health::join(names, " ")), cli::common_options());
    return fmt::format(R"(# bash completion for backfill-health

_backfill_health() {{
    local current=${{COMP_WORDS[COMP_CWORD]}} previous=${{COMP_WORDS[COMP_CWORD - 1]}} command= value= options operand word
    # --color=always is three words to bash.
    if [[ $current == = ]]; then
        current=
    elif [[ $previous == = ]]; then
        previous=${{COMP_WORDS[COMP_CWORD - 2]}}
    fi
    for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
        case $word in
        {names}) command=$word; break ;;
        esac
    done
    case $command in
{branches}    esac
    if [[ -z $value ]]; then
        value=$operand
        [[ $current == -* ]] && value="-W '$options'"
    fi
    [[ $value == -[fd] ]] && compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(eval "compgen $value -- \"\$current\"")
}}
complete -F _backfill_health backfill-health
)",
                       fmt::arg("names", health::join(names, " | ")), fmt::arg("branches", branches));
}

} // namespace manual
