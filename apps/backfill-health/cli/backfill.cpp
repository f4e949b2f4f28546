#include <cli/backfill.hpp>

#include <cli/options.hpp>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <vector>

namespace cli {

namespace {

/// A flag without a value: the backfill derives nothing.
std::vector<std::string> read_derived(Settings& settings, const std::string& field) {
    const auto flag = settings.from_flag(options::derived);
    if (flag && flag->value.empty() && settings.count(options::derived) == 1)
        return {};
    std::vector<std::string> out = settings.names(options::derived);
    if (std::ranges::find(out, field) != out.end())
        settings.fail(fmt::format("--field and --derived are both {}", field), "they must be different fields");
    for (auto one = out.begin(); one != out.end(); ++one)
        if (std::find(out.begin(), one, *one) != one)
            settings.fail(options::derived, fmt::format("{} is given twice", *one));
    return out;
}

std::vector<health::Term> read_population(Settings& settings) {
    std::vector<health::Term> out;
    for (const std::string& term : settings.names(options::population)) {
        const auto equals = term.find('=');
        if (equals == 0 || equals == std::string::npos)
            settings.fail(options::population, fmt::format("\"{}\" is not FIELD=VALUE", term));
        else
            out.push_back({.field = term.substr(0, equals), .values = {term.substr(equals + 1)}});
    }
    return out;
}

} // namespace

health::Backfill read_named_backfill(Settings& settings) {
    using namespace options;
    health::Backfill out;
    out.name = settings.name(name);
    out.field = settings.name(field);
    out.derived = read_derived(settings, out.field);
    const bool is_default = out.name == name.fallback && out.field == field.fallback &&
                            out.derived == std::vector{std::string(derived.fallback)};
    out.shape = is_default ? health::DocumentShape::flat : health::DocumentShape::nested;
    out.field_label = out.field == field.fallback ? fmt::format("{}[]", out.field) : out.field;
    return out;
}

health::Backfill read_backfill(Settings& settings) {
    health::Backfill out = read_named_backfill(settings);
    settings.name(options::index); // for its checks
    out.index = fmt::format("{}", fmt::join(settings.list(options::index), ","));
    out.population = read_population(settings);
    return out;
}

std::string read_health_index(Settings& settings) {
    return settings.name(options::health_index);
}

} // namespace cli
