#include <cli/arguments.hpp>

#include <boost/program_options.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <numeric>

namespace cli {

namespace po = boost::program_options;

namespace {

constexpr std::string_view positional_name = "words";

std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
        }
    }
    return row.back();
}

po::options_description describe_all(const Options& known) {
    po::options_description out;
    for (const Option* option : known) {
        const std::string name(option->name);
        if (option->argument.empty())
            out.add_options()(name.c_str(), "");
        else
            out.add_options()(name.c_str(), po::value<std::vector<std::string>>(), "");
    }
    out.add_options()(std::string(positional_name).c_str(), po::value<std::vector<std::string>>(), "");
    return out;
}

Error unknown_option(const std::string& word, const Options& known) {
    std::vector<std::string_view> names;
    for (const Option* option : known)
        names.push_back(option->name);
    std::string_view bare = word;
    bare.remove_prefix(std::min(bare.find_first_not_of('-'), bare.size()));
    bare = bare.substr(0, bare.find('='));
    const auto guess = nearest(bare, names);
    return {ErrorKind::usage, fmt::format("unknown option {}", std::string_view(word).substr(0, word.find('='))),
            guess ? fmt::format("did you mean --{}?", *guess) : "--help shows those that exist"};
}

/// The long names behind -v, -vv or -hq; none when a letter is not one of ours. Only switches have letters.
std::vector<std::string> long_names(std::string_view word, const Options& known) {
    std::vector<std::string> out;
    if (!word.starts_with('-'))
        return out;
    for (const char letter : word.substr(1)) {
        const auto option = std::ranges::find(known, letter, [](const Option* o) { return o->letter; });
        if (letter == 0 || option == known.end())
            return {};
        out.push_back(fmt::format("--{}", (*option)->name));
    }
    return out;
}

std::vector<std::string> with_long_names(const std::vector<std::string>& words, const Options& known) {
    std::vector<std::string> out;
    bool options_ended = false;
    for (const std::string& word : words) {
        options_ended = options_ended || word == "--";
        if (auto names = options_ended ? std::vector<std::string>{} : long_names(word, known); !names.empty())
            std::ranges::move(names, std::back_inserter(out));
        else
            out.push_back(word);
    }
    return out;
}

} // namespace

Result<Arguments> Arguments::parse(const std::vector<std::string>& words, const Options& known,
                                   Environment environment) {
    const po::options_description description = describe_all(known);
    po::positional_options_description positional;
    positional.add(std::string(positional_name).c_str(), -1);
    namespace style = po::command_line_style;
    Arguments out;
    out.environment_ = std::move(environment);
    try {
        const auto parsed = po::command_line_parser(with_long_names(words, known))
                                .options(description)
                                .positional(positional)
                                .style(style::allow_long | style::long_allow_adjacent | style::long_allow_next)
                                .run();
        for (const auto& option : parsed.options) {
            if (option.string_key == positional_name) {
                std::ranges::copy(option.value, std::back_inserter(out.positional_));
                continue;
            }
            auto& values = out.flags_[option.string_key];
            const auto spec = std::ranges::find(known, option.string_key, [](const Option* o) { return o->name; });
            if (!values.empty() && !(*spec)->repeatable && !(*spec)->argument.empty())
                return Error{ErrorKind::usage, fmt::format("--{} is given twice", option.string_key), ""};
            values.push_back(option.value.empty() ? std::string() : option.value.front());
        }
    } catch (const po::unknown_option& error) {
        return unknown_option(error.get_option_name(), known);
    } catch (const po::invalid_command_line_syntax& error) {
        const bool missing = error.kind() == po::invalid_syntax::missing_parameter ||
                             error.kind() == po::invalid_syntax::empty_adjacent_parameter;
        return Error{ErrorKind::usage,
                     fmt::format("{} {}", error.get_option_name(), missing ? "needs a value" : "takes no value"),
                     "--help shows what options take"};
    } catch (const po::error_with_option_name& error) {
        return Error{ErrorKind::usage, error.what(), "--help shows what options take"};
    }
    // A word that looks like a short option is none of ours; "-" alone is stdin.
    for (const std::string& word : out.positional_)
        if (word.size() > 1 && word.front() == '-')
            return unknown_option(word, known);
    return out;
}

bool Arguments::has(const Option& option) const {
    return flags_.contains(option.name);
}

std::optional<std::string> Arguments::flag(const Option& option) const {
    const auto found = flags_.find(option.name);
    return found == flags_.end() ? std::nullopt : std::optional(found->second.back());
}

std::optional<std::string> Arguments::given(const Option& option) const {
    if (auto value = flag(option))
        return value;
    return variable(option.variable);
}

std::string Arguments::text(const Option& option) const {
    return given(option).value_or(std::string(option.fallback));
}

std::vector<std::string> Arguments::list(const Option& option) const {
    const auto found = flags_.find(option.name);
    return found == flags_.end() ? std::vector{text(option)} : found->second;
}

std::size_t Arguments::count(const Option& option) const {
    const auto found = flags_.find(option.name);
    return found == flags_.end() ? 0 : found->second.size();
}

std::optional<std::string> Arguments::variable(std::string_view name) const {
    if (name.empty())
        return std::nullopt;
    auto value = environment_(std::string(name));
    return value && !value->empty() ? value : std::nullopt;
}

std::optional<std::string> Arguments::foreign_option(const Options& allowed) const {
    for (const auto& [name, values] : flags_)
        if (std::ranges::find(allowed, name, [](const Option* option) { return option->name; }) == allowed.end())
            return name;
    return std::nullopt;
}

std::string describe(const Option& option) {
    return option.variable.empty() ? fmt::format("--{}", option.name)
                                   : fmt::format("--{} ({})", option.name, option.variable);
}

std::string one_of(const std::vector<std::string_view>& choices) {
    if (choices.size() < 2)
        return choices.empty() ? std::string() : std::string(choices.front());
    return fmt::format("{} or {}", fmt::join(choices.begin(), choices.end() - 1, ", "), choices.back());
}

std::string explain(const Option& option) {
    std::vector<std::string> parts;
    if (!option.choices.empty())
        parts.push_back(one_of(option.choices));
    if (!option.help.empty())
        parts.emplace_back(option.help);
    if (!option.content_variable.empty())
        parts.push_back(fmt::format("or {}", option.content_variable));
    return fmt::format("{}", fmt::join(parts, "; "));
}

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
    if (candidates.empty())
        return std::nullopt;
    const auto best =
        std::ranges::min(candidates, {}, [&](std::string_view candidate) { return edit_distance(word, candidate); });
    const bool alike = edit_distance(word, best) <= std::max<std::size_t>(1, best.size() / 3);
    const bool begun = word.size() >= 3 && best.starts_with(word);
    return alike || begun ? std::optional(std::string(best)) : std::nullopt;
}

} // namespace cli
