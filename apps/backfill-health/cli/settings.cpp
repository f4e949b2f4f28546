#include <cli/settings.hpp>

#include <base/files.hpp>
#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <base/time.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>

namespace cli {

Setting Settings::setting(const Option& option) const {
    if (auto flag = from_flag(option))
        return *std::move(flag);
    if (auto variable = from_variable(option.variable))
        return *std::move(variable);
    if (auto configured = from_file(option))
        return *std::move(configured);
    return {.value = std::string(option.fallback), .source = {}};
}

std::optional<Setting> Settings::from_flag(const Option& option) const {
    const auto values = arguments_.values(option);
    if (values.empty())
        return std::nullopt;
    return Setting{.value = values.back(),
                   .source = {.kind = Source::Kind::flag, .name = fmt::format("--{}", option.name)}};
}

std::optional<Setting> Settings::from_variable(std::string_view name) const {
    auto value = variable(name);
    if (!value)
        return std::nullopt;
    return Setting{.value = *std::move(value), .source = {.kind = Source::Kind::variable, .name = std::string(name)}};
}

std::optional<Setting> Settings::from_file(const Option& option) const {
    if (!configuration_)
        return std::nullopt;
    const auto found = configuration_->settings.find(option.name);
    if (found == configuration_->settings.end())
        return std::nullopt;
    const auto& [value, line] = found->second;
    return Setting{.value = value,
                   .source = {.kind = Source::Kind::file, .name = fmt::format("{}:{}", configuration_->file, line)}};
}

bool Settings::is_given(const Option& option) const {
    return setting(option).source.kind != Source::Kind::fallback;
}

std::optional<std::string> Settings::variable(std::string_view name) const {
    if (name.empty())
        return std::nullopt;
    auto value = environment_(std::string(name));
    return value && !value->empty() ? value : std::nullopt;
}

std::vector<std::string> Settings::words() const {
    const auto& all = arguments_.positional();
    return {all.begin() + (all.empty() ? 0 : 1), all.end()};
}

std::optional<std::string> Settings::optional_text(const Option& option) const {
    return is_given(option) ? std::optional(text(option)) : std::nullopt;
}

std::string Settings::required_text(const Option& option) {
    std::string value = text(option);
    check_text(option, value);
    return value;
}

void Settings::check_text(const Option& option, std::string_view value) {
    if (value.empty())
        fail(option, "must not be empty");
    else if (!health::is_utf8(value))
        fail(option, "must be UTF-8");
}

void Settings::check_name(const Option& option, std::string_view value) {
    check_text(option, value);
    if (health::has_control_characters(value))
        fail(option, "must not have control characters");
}

std::string Settings::name(const Option& option) {
    std::string value = text(option);
    check_name(option, value);
    return value;
}

std::vector<std::string> Settings::names(const Option& option) {
    const auto flags = arguments_.values(option);
    std::vector<std::string> out =
        flags.empty() ? std::vector{text(option)} : std::vector<std::string>(flags.begin(), flags.end());
    for (const std::string& value : out)
        check_name(option, value);
    return out;
}

std::vector<std::string> Settings::list(const Option& option) const {
    return health::split_list(text(option));
}

std::chrono::milliseconds Settings::duration(const Option& option, std::chrono::milliseconds least) {
    const auto value = health::parse_duration(text(option));
    if (!value)
        fail(option, value.error().message, value.error().hint);
    else if (*value < least)
        fail(option, fmt::format("must be at least {}", health::to_string(least)));
    return value ? *value : std::chrono::milliseconds();
}

std::uint64_t Settings::whole_number(const Option& option, std::uint64_t least, std::uint64_t most) {
    const std::string written = text(option);
    const auto value = health::parse_number<std::uint64_t>(written);
    if (value && *value >= least && *value <= most)
        return *value;
    const bool bounded = most != std::numeric_limits<std::uint64_t>::max();
    fail(option, fmt::format("\"{}\" is not a whole number{}", written,
                             bounded ? fmt::format(" from {} to {}", least, most) : ""));
    return least;
}

double Settings::number(const Option& option, double least, double most, health::Hint hint) {
    const std::string written = text(option);
    const auto value = health::parse_number<double>(written);
    if (value && *value >= least && *value <= most)
        return *value;
    fail(option, fmt::format("\"{}\" is not a number from {} to {}", written, least, most), std::move(hint));
    return least;
}

std::size_t Settings::choice_index(const Option& option) {
    const std::string written = text(option);
    const auto found = std::ranges::find(option.choices, written);
    if (found != option.choices.end())
        return static_cast<std::size_t>(found - option.choices.begin());
    fail(option, fmt::format("\"{}\" is not {}", written, one_of(option.choices)));
    return 0;
}

void Settings::refuse_both(const Option& one, const Option& other) {
    if (has_flag(one) && has_flag(other))
        fail(fmt::format("--{} and --{} are both given", one.name, other.name), "choose one");
}

std::string Settings::content(const std::string& path, std::string_view what) {
    if (failed())
        return {};
    if (const auto known = read_pipes_->find(path); known != read_pipes_->end())
        return known->second;
    std::error_code unknown;
    const bool is_read_once = std::filesystem::is_fifo(path, unknown);
    auto out = health::read_file(path);
    if (out && is_read_once)
        read_pipes_->emplace(path, *out);
    if (out)
        return *std::move(out);
    fail(fmt::format("cannot read {} from {}: {}", what, path, out.error().message()));
    return {};
}

void Settings::check(const Result<void>& result) {
    if (!result)
        fail(result.error());
}

void Settings::fail(const Option& option, std::string_view message, health::Hint hint) {
    const Source source = setting(option).source;
    std::string name = source.name.empty() ? fmt::format("--{}", option.name) : source.name;
    if (source.kind == Source::Kind::file)
        name += fmt::format(": {}", option.name);
    fail(fmt::format("{}: {}", name, message), std::move(hint));
}

void Settings::fail(std::string message, health::Hint hint) {
    fail(Error{ErrorKind::usage, std::move(message), std::move(hint)});
}

void Settings::fail(Error error) {
    if (!failed())
        error_ = std::move(error);
}

} // namespace cli
