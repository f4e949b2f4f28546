#include <cli/option.hpp>

#include <base/text.hpp>

#include <fmt/format.h>

#include <array>
#include <span>
#include <utility>

namespace cli {

Options operator+(Options a, const Options& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
}

std::vector<std::string_view> configurable_names(const Options& options) {
    std::vector<std::string_view> out;
    for (const Option* option : options)
        if (option->configurable())
            out.push_back(option->name);
    return out;
}

std::vector<OptionSection> in_sections(const Options& options) {
    constexpr std::array<std::pair<OptionGroup, std::string_view>, 5> groups{
        {{OptionGroup::command, "Options"},
         {OptionGroup::backfill, "Backfill options"},
         {OptionGroup::output, "Output options"},
         {OptionGroup::connection, "Connection options"},
         {OptionGroup::general, "General options"}}};
    std::vector<OptionSection> out;
    for (const auto& [group, title] : groups) {
        OptionSection section{.title = title, .options = {}};
        for (const Option* option : options)
            if (option->group == group)
                section.options.push_back(option);
        if (!section.options.empty())
            out.push_back(std::move(section));
    }
    return out;
}

std::string explain(const Option& option) {
    std::vector<std::string> parts;
    if (!option.choices.empty())
        parts.push_back(one_of(option.choices));
    if (!option.help.empty())
        parts.emplace_back(option.help);
    if (!option.content_variable.empty())
        parts.push_back(fmt::format("or set {}", option.content_variable));
    return health::join(parts, "; ");
}

std::string one_of(const std::vector<std::string_view>& choices) {
    if (choices.size() < 2)
        return choices.empty() ? std::string() : std::string(choices.front());
    return fmt::format("{} or {}", health::join(std::span(choices).first(choices.size() - 1), ", "), choices.back());
}

} // namespace cli
