#include <manual/manual_page.hpp>

#include <base/columns.hpp>
#include <base/text.hpp>
#include <cli/options.hpp>

#include <fmt/format.h>

#include <cctype>
#include <map>

namespace manual {

namespace {

using cli::Command;
using cli::Commands;
using cli::Option;
using cli::Options;

/// Every character as it stands, so that it can be copied from the page: groff_char(7), and groff(7) for the first of
/// a line.
std::string literal(std::string_view text) {
    static const std::map<char, std::string_view> escapes{{'\\', "\\e"},  {'-', "\\-"},   {'\'', "\\(aq"},
                                                          {'`', "\\(ga"}, {'^', "\\(ha"}, {'~', "\\(ti"}};
    std::string out = text.starts_with('.') ? "\\&" : "";
    for (const char c : text) {
        const auto found = escapes.find(c);
        found == escapes.end() ? void(out += c) : void(out += found->second);
    }
    return out;
}

std::string bold(std::string_view text) {
    return fmt::format("\\fB{}\\fR", literal(text));
}

std::string italic(std::string_view text) {
    return fmt::format("\\fI{}\\fR", literal(text));
}

std::string sentence(std::string_view text) {
    std::string out = literal(text);
    if (!text.empty() && text.front() >= 'a' && text.front() <= 'z')
        out.front() = static_cast<char>(out.front() - 'a' + 'A');
    if (!text.ends_with('.') && !text.ends_with('?'))
        out += '.';
    return out;
}

/// Lines of the source are short, and none begins like a request.
std::string filled(std::string_view text) {
    std::vector<std::string> lines = health::wrap(text, health::usual_width);
    for (std::string& line : lines)
        if (line.starts_with('.'))
            line.insert(0, "\\&");
    return health::join(lines, "\n");
}

std::string upper(std::string_view text) {
    std::string out(text);
    for (char& c : out)
        c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    return out;
}

std::string heading(std::string_view text) {
    return fmt::format(".SH {}\n", text);
}

std::string entry(std::string_view tag, std::string_view text) {
    return fmt::format(".TP\n{}\n{}\n", tag, filled(text));
}

std::string paragraphs(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const auto end = std::min(text.find("\n\n"), text.size());
        out += fmt::format("{}{}\n", out.empty() ? "" : ".PP\n", filled(literal(text.substr(0, end))));
        text.remove_prefix(std::min(end + 2, text.size()));
    }
    return out;
}

std::string page_name(const Command& command) {
    return fmt::format("backfill-health-{}", command.name);
}

std::string head(std::string_view name, std::string_view summary, const Edition& edition) {
    return fmt::format(".TH {0} 1 {1} \"backfill\\-health {2}\" \"User Commands\"\n"
                       ".\\\" No hyphenation, and no filled lines: commands are to be copied.\n.nr HY 0\n.hy 0\n.ad l\n"
                       ".SH NAME\n{3}\n",
                       upper(literal(name)), edition.date, literal(edition.version),
                       filled(fmt::format("{} \\- {}", literal(name), literal(summary))));
}

std::string tag(const Option& option) {
    std::string out = bold(fmt::format("--{}", option.name));
    if (option.letter != 0)
        out += ", " + bold(fmt::format("-{}", option.letter));
    if (!option.argument.empty())
        out += " " + italic(option.argument);
    return out;
}

std::string entries(const Options& list) {
    std::string out;
    for (const Option* option : list) {
        std::vector<std::string> parts;
        if (!option->choices.empty())
            parts.push_back(bold(cli::one_of(option->choices)) + ".");
        if (!option->help.empty())
            parts.push_back(sentence(option->help));
        if (!option->variable.empty())
            parts.push_back(fmt::format("Variable: {}{}{}.", bold(option->variable),
                                        option->content_variable.empty() ? "" : "; for the content itself: ",
                                        option->content_variable.empty() ? "" : bold(option->content_variable)));
        if (!option->fallback.empty())
            parts.push_back(fmt::format("Default: {}.", bold(option->fallback)));
        out += entry(tag(*option), health::join(parts, "\n"));
    }
    return out;
}

/// The first group needs no heading.
std::string options(const Options& list) {
    std::string out = heading("OPTIONS");
    const auto sections = cli::in_sections(list);
    for (const cli::OptionSection& section : sections) {
        if (&section != &sections.front())
            out += fmt::format(".SS {}\n", section.title);
        out += entries(section.options);
    }
    return out;
}

std::string environment(const Options& list) {
    std::string out =
        heading("ENVIRONMENT") + "An option overrides its variable. An empty variable counts as not set.\n";
    for (const Option* option : list) {
        if (!option->variable.empty())
            out +=
                entry(bold(option->variable), fmt::format("The same as {}.", bold(fmt::format("--{}", option->name))));
        if (!option->content_variable.empty())
            out += entry(bold(option->content_variable), fmt::format("The content of the file that {} names.",
                                                                     bold(fmt::format("--{}", option->name))));
    }
    return out + entry(bold("NO_COLOR"),
                       "If set, there are no colours, unless " + bold("--color always") + " asks for them.");
}

std::string files(const Options& list) {
    std::string out;
    for (const Option* option : list)
        if (option->takes_path() && !option->fallback.empty())
            out += entry(italic(option->fallback), fmt::format("{}\n{} names another.", sentence(option->help),
                                                               bold(fmt::format("--{}", option->name))));
    return out.empty() ? out : heading("FILES") + out;
}

std::string examples(const Command& command) {
    std::string out;
    for (const cli::Example& example : command.examples)
        out += fmt::format("{}{}\n.PP\n.RS 4\n.EX\n{}\n.EE\n.RE\n", out.empty() ? "" : ".PP\n",
                           sentence(example.purpose), literal(example.line));
    return out.empty() ? out : heading("EXAMPLES") + out;
}

std::string exits(const std::vector<cli::ExitMeaning>& list) {
    std::string out = heading("EXIT STATUS");
    for (const cli::ExitMeaning& exit : list)
        out += entry(bold(fmt::to_string(exit.status)), sentence(exit.meaning));
    return out;
}

std::string see_also(Commands commands, const Command* self) {
    std::vector<std::string> names;
    if (self != nullptr)
        names.emplace_back("backfill-health");
    for (const Command& command : commands)
        if (self == nullptr || command.name != self->name)
            names.push_back(page_name(command));
    std::string out = heading("SEE ALSO");
    for (const std::string& name : names)
        out += fmt::format(".BR {} (1){}\n", literal(name), name == names.back() ? "" : " ,");
    return out;
}

} // namespace

std::string program_page(Commands commands, const Edition& edition) {
    std::string out = head("backfill-health", "check whether a backfill on Elasticsearch is done and right", edition);
    out += heading("SYNOPSIS") + fmt::format("{} [{}] {} [{}]\n", bold("backfill-health"), italic("options"),
                                             italic("COMMAND"), italic("options"));
    out += heading("DESCRIPTION") + paragraphs(cli::program_description);
    out += heading("COMMANDS");
    for (const Command& command : commands)
        out += entry(fmt::format("\\fB{}\\fR(1)", literal(page_name(command))), sentence(command.summary));
    out += options(cli::common_options());
    out += exits(cli::usual_exits()) + environment(cli::common_options());
    return out + see_also(commands, nullptr);
}

std::string command_page(const Command& command, Commands commands, const Edition& edition) {
    const Options all = command.options + cli::common_options();
    std::string out = head(page_name(command), command.summary, edition);
    out += heading("SYNOPSIS") + bold(fmt::format("backfill-health {}", command.name));
    out += command.operand.empty() ? "" : fmt::format(" [{}]", italic(command.operand));
    out += command.takes_names ? fmt::format(" [{}]...", italic("NAME")) : "";
    out += fmt::format(" [{}]\n", italic("options"));
    out += heading("DESCRIPTION") + paragraphs(command.description);
    out += options(all);
    return out + examples(command) + exits(command.exits) + environment(all) + files(all) +
           see_also(commands, &command);
}

} // namespace manual
