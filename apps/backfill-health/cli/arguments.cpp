#include <cli/arguments.hpp>

#include <base/nearest.hpp>
#include <cli/hints.hpp>

#include <boost/program_options.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace cli {

namespace po = boost::program_options;

namespace {

constexpr std::string_view positional_name = "words";

const Option* find(const Options& known, std::string_view name) {
    const auto found = std::ranges::find(known, name, [](const Option* option) { return option->name; });
    return found == known.end() ? nullptr : *found;
}

po::options_description describe_all(const Options& known) {
    po::options_description out;
    for (const Option* option : known) {
        std::string name(option->name);
        if (option->letter != 0)
            name += {',', option->letter};
        if (option->argument.empty())
            out.add_options()(name.c_str(), "");
        else
            out.add_options()(name.c_str(), po::value<std::vector<std::string>>(), "");
    }
    out.add_options()(std::string(positional_name).c_str(), po::value<std::vector<std::string>>(), "");
    return out;
}

/// Splits "--name=" into "--name" and "": program_options would report the empty value as missing.
std::vector<std::string> with_empty_values(const std::vector<std::string>& words, const Options& known) {
    std::vector<std::string> out;
    bool options_ended = false;
    for (const std::string& word : words) {
        options_ended = options_ended || word == "--";
        out.push_back(word);
        if (options_ended || !word.starts_with("--") || !word.ends_with('='))
            continue;
        const Option* option = find(known, std::string_view(word).substr(2, word.size() - 3));
        if (option == nullptr || option->argument.empty())
            continue;
        out.back().pop_back();
        out.emplace_back();
    }
    return out;
}

Error unknown_option(const std::string& word, const Options& known) {
    std::vector<std::string_view> names;
    for (const Option* option : known)
        names.push_back(option->name);
    std::string_view bare = word;
    bare.remove_prefix(std::min(bare.find_first_not_of('-'), bare.size()));
    bare = bare.substr(0, bare.find('='));
    const auto guess = health::nearest(bare, names);
    return {ErrorKind::usage, fmt::format("unknown option {}", std::string_view(word).substr(0, word.find('='))),
            guess ? fmt::format("did you mean --{}?", *guess) : hints::list_options};
}

} // namespace

Result<Arguments> Arguments::parse(const std::vector<std::string>& words, const Options& known) {
    const po::options_description description = describe_all(known);
    po::positional_options_description positional;
    positional.add(std::string(positional_name).c_str(), -1);
    namespace style = po::command_line_style;
    // Without allow_guessing: an abbreviation would change its meaning when an option is added.
    constexpr auto styles = style::allow_long | style::long_allow_adjacent | style::long_allow_next |
                            style::allow_short | style::allow_dash_for_short | style::short_allow_adjacent |
                            style::allow_sticky;
    Arguments out;
    try {
        const auto parsed = po::command_line_parser(with_empty_values(words, known))
                                .options(description)
                                .positional(positional)
                                .style(styles)
                                .allow_unregistered() // its own error does not quote the word as written
                                .run();
        // Not with a variables_map: it rejects a switch that is given twice, and -vv is one.
        for (const auto& option : parsed.options) {
            if (option.unregistered)
                return unknown_option(option.original_tokens.front(), known);
            if (option.string_key == positional_name) {
                std::ranges::copy(option.value, std::back_inserter(out.positional_));
                continue;
            }
            auto& values = out.options_[option.string_key];
            const Option* spec = find(known, option.string_key);
            if (!values.empty() && !spec->repeatable && !spec->argument.empty())
                return Error{ErrorKind::usage, fmt::format("--{} is given twice", option.string_key), ""};
            values.push_back(option.value.empty() ? std::string() : option.value.front());
        }
    } catch (const po::invalid_command_line_syntax& error) {
        const bool missing = error.kind() == po::invalid_syntax::missing_parameter;
        return Error{ErrorKind::usage,
                     fmt::format("{} {}", error.get_option_name(), missing ? "needs a value" : "takes no value"),
                     hints::list_values};
    } catch (const po::error& error) {
        return Error{ErrorKind::usage, error.what(), hints::list_options};
    }
    return out;
}

std::span<const std::string> Arguments::values(const Option& option) const {
    const auto found = options_.find(option.name);
    return found == options_.end() ? std::span<const std::string>() : found->second;
}

std::optional<std::string> Arguments::foreign_option(const Options& allowed) const {
    for (const auto& [name, values] : options_)
        if (find(allowed, name) == nullptr)
            return name;
    return std::nullopt;
}

} // namespace cli
