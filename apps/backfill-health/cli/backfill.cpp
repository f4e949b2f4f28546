#include <cli/backfill.hpp>

#include <base/nearest.hpp>
#include <base/text.hpp>
#include <cli/hints.hpp>
#include <cli/options.hpp>
#include <cli/store.hpp>
#include <model/rules/parser.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace cli {

namespace {

/// An empty flag means that the backfill derives no field.
std::vector<std::string> read_derived(Settings& settings, const std::string& field) {
    const auto flag = settings.from_flag(options::derived);
    if (flag && flag->value.empty() && settings.count(options::derived) == 1)
        return {};
    std::vector<std::string> out = settings.names(options::derived);
    if (std::ranges::find(out, field) != out.end())
        settings.fail(fmt::format("--field and --derived are both {}", field), hints::choose_different_fields);
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

std::vector<health::Rule> read_rules(Settings& settings, const health::Backfill& backfill) {
    std::vector<health::Rule> out;
    if (!settings.is_given(options::rule) || settings.failed())
        return out;
    for (const std::string& text : settings.names(options::rule)) {
        auto rule = read_rule(settings, options::rule, text, backfill);
        if (std::ranges::find(out, rule.text, &health::Rule::text) != out.end())
            settings.fail(options::rule, fmt::format("{} is given twice", rule.text));
        out.push_back(std::move(rule));
    }
    return out;
}

/// Sets the shape and the label, which depend on whether it is the default backfill: that keeps the first shape of its
/// documents, and its field is shown with brackets.
void complete(health::Backfill& backfill) {
    const bool is_default = backfill.name == options::name.fallback && backfill.field == options::field.fallback &&
                            backfill.derived == std::vector{std::string(options::derived.fallback)};
    backfill.shape = is_default ? health::DocumentShape::flat : health::DocumentShape::nested;
    backfill.field_label = is_default ? fmt::format("{}[]", backfill.field) : backfill.field;
}

health::Backfill read_named_backfill(Settings& settings) {
    health::Backfill out;
    out.name = settings.name(options::name);
    out.field = settings.name(options::field);
    out.derived = read_derived(settings, out.field);
    complete(out);
    out.rules = read_rules(settings, out);
    return out;
}

health::Backfill read_backfill(Settings& settings) {
    health::Backfill out = read_named_backfill(settings);
    settings.required_text(options::index); // for its checks
    out.index = health::join(settings.list(options::index), ",");
    out.population = read_population(settings);
    if (settings.is_given(options::arrival))
        out.arrival = settings.name(options::arrival);
    return out;
}

bool has_configured_backfills(const Settings& settings) {
    return settings.configuration() != nullptr && settings.configuration()->backfills.has_value();
}

/// Choosing silently would ignore what one of the two places asks for.
void refuse_options(Settings& settings) {
    const Configuration& configuration = *settings.configuration();
    for (const Option* option : backfill_options()) {
        const Source source = settings.setting(*option).source;
        if (source.kind != Source::Kind::fallback)
            settings.fail(fmt::format("{} and the backfills in {}:{} both define what is measured", source.name,
                                      configuration.file, configuration.backfills_line),
                          hints::keep_one_place);
    }
}

void refuse_unknown(Settings& settings, const std::vector<std::string>& names,
                    const std::vector<std::string_view>& known) {
    for (const std::string& name : names) {
        if (std::ranges::find(known, name) != known.end())
            continue;
        const auto guess = health::nearest(name, known);
        constexpr std::size_t max_listed = 10;
        const bool few = known.size() <= max_listed;
        settings.fail(fmt::format("no backfill is named {}", name),
                      guess ? fmt::format("did you mean {}?", *guess)
                      : few ? fmt::format("use one of {}", health::join(known, ", "))
                            : hints::list_backfills);
    }
}

using Chosen = std::vector<const ConfiguredBackfill*>;

Chosen choose(Settings& settings, const std::vector<std::string>& names) {
    refuse_options(settings);
    std::vector<std::string_view> known;
    Chosen out;
    for (const ConfiguredBackfill& configured : *settings.configuration()->backfills) {
        known.emplace_back(configured.backfill.name);
        if (names.empty() || std::ranges::find(names, configured.backfill.name) != names.end())
            out.push_back(&configured);
    }
    refuse_unknown(settings, names, known);
    return out;
}

std::vector<health::Backfill> values(const Chosen& chosen) {
    std::vector<health::Backfill> out;
    for (const ConfiguredBackfill* configured : chosen)
        complete(out.emplace_back(configured->backfill));
    return out;
}

/// A backfill that cannot be measured is an error, and not skipped.
std::vector<health::Backfill> measurable(Settings& settings, const Chosen& chosen) {
    const std::string& file = settings.configuration()->file;
    const bool folder = is_folder(settings);
    for (const ConfiguredBackfill* configured : chosen) {
        if (configured->query_line && folder)
            settings.fail(fmt::format("{}:{}: query: works on Elasticsearch only, not on a folder", file,
                                      *configured->query_line),
                          hints::use_population);
    }
    return values(chosen);
}

} // namespace

health::Rule read_rule(Settings& settings, const Option& option, const std::string& text,
                       const health::Backfill& backfill) {
    auto rule = health::parse_rule(text, own_fields(backfill));
    if (rule)
        return *std::move(rule);
    settings.fail(option, rule.error().message, rule.error().hint);
    return {};
}

std::vector<health::Backfill> read_backfills(Settings& settings, const std::vector<std::string>& names) {
    if (has_configured_backfills(settings))
        return measurable(settings, choose(settings, names));
    health::Backfill only = read_backfill(settings);
    refuse_unknown(settings, names, {only.name});
    return {std::move(only)};
}

std::vector<health::Backfill> read_named_backfills(Settings& settings) {
    if (has_configured_backfills(settings))
        return values(choose(settings, {}));
    return {read_named_backfill(settings)};
}

std::string read_health_index(Settings& settings) {
    return settings.name(options::health_index);
}

} // namespace cli
