#include <base/columns.hpp>
#include <base/json_text.hpp>
#include <base/text.hpp>
#include <base/url.hpp>
#include <cli/backfill.hpp>
#include <cli/configuration/backfill_keys.hpp>
#include <cli/connection.hpp>
#include <cli/options.hpp>
#include <cli/report.hpp>
#include <cli/service_options.hpp>
#include <cli/store.hpp>
#include <commands/commands.hpp>
#include <commands/shared/emission.hpp>
#include <exporter/exporter.hpp>
#include <terminal/console.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace cli {

namespace json = boost::json;

namespace {

struct SettingLine {
    std::string name;
    std::optional<std::string> value; ///< none for a secret
    std::string source;
};

std::string describe(const Source& source) {
    return source.kind == Source::Kind::flag ? "flag" : source.kind == Source::Kind::fallback ? "default" : source.name;
}

/// "https://…@es:9200": the user information of a URL is a secret.
std::string without_credentials(const std::string& value) {
    std::vector<std::string> out;
    for (std::string url : health::split_list(value)) {
        if (const auto secret = health::user_information(url))
            url.replace(static_cast<std::size_t>(secret->data() - url.data()), secret->size(), "…");
        out.push_back(std::move(url));
    }
    return health::join(out, ",");
}

SettingLine in_force(const Settings& settings, const Option& option) {
    const Setting setting = settings.setting(option);
    const std::string name(option.name);
    if (setting.source.kind != Source::Kind::flag)
        if (const auto content = settings.from_variable(option.content_variable))
            return {.name = name, .value = {}, .source = content->source.name};
    const bool url = option.argument == "URL";
    return {.name = name,
            .value = url ? without_credentials(setting.value) : setting.value,
            .source = describe(setting.source)};
}

json::array as_array(const std::vector<std::string>& texts) {
    json::array out;
    for (const std::string& text : texts)
        out.emplace_back(text);
    return out;
}

/// With the keys of the file.
json::object as_object(const health::Backfill& backfill) {
    json::object out{{backfill_key::name, backfill.name}, {backfill_key::index, backfill.index}};
    if (!backfill.population.empty()) {
        json::object population;
        for (const auto& [field, values] : backfill.population)
            population[field] = values.size() == 1 ? json::value(values.front()) : json::value(as_array(values));
        out[backfill_key::population] = std::move(population);
    }
    if (backfill.query)
        out[backfill_key::query] = json::parse(*backfill.query);
    out[backfill_key::field] = backfill.field;
    if (!backfill.derived.empty())
        out[backfill_key::derived] = as_array(backfill.derived);
    if (backfill.arrival)
        out[backfill_key::arrival] = *backfill.arrival;
    if (backfill.thresholds.max_missing)
        out[backfill_key::max_missing] = *backfill.thresholds.max_missing;
    if (backfill.thresholds.min_coverage)
        out[backfill_key::min_coverage] = *backfill.thresholds.min_coverage;
    json::array rules;
    for (const health::Rule& rule : backfill.rules)
        rules.emplace_back(rule.text);
    if (!rules.empty())
        out[backfill_key::rules] = std::move(rules);
    return out;
}

std::string json_line(const Settings& settings, const std::vector<SettingLine>& lines,
                      const std::vector<health::Backfill>& backfills) {
    json::object in_order;
    for (const auto& [name, value, source] : lines)
        in_order[name] = {{"value", value ? json::value(*value) : json::value(nullptr)}, {"source", source}};
    json::array all;
    for (const health::Backfill& backfill : backfills)
        all.emplace_back(as_object(backfill));
    const Configuration* file = settings.configuration();
    return health::json_text(json::object{{"file", file == nullptr ? json::value(nullptr) : json::value(file->file)},
                                          {"settings", std::move(in_order)},
                                          {"backfills", std::move(all)}}) +
           "\n";
}

/// "population  category: bills", for what a backfill has.
std::string block(const health::Backfill& backfill) {
    std::string out = fmt::format("\n{}\n", backfill.name);
    const auto add = [&](std::string_view key, const std::string& value) {
        out += fmt::format("  {:<14}{}\n", key, value);
    };
    add(backfill_key::index, backfill.index);
    add(backfill_key::population, describe_population(backfill));
    add(backfill_key::field, backfill.field);
    if (!backfill.derived.empty())
        add(backfill_key::derived, health::join(backfill.derived, ", "));
    if (backfill.arrival)
        add(backfill_key::arrival, *backfill.arrival);
    if (backfill.thresholds.max_missing)
        add(backfill_key::max_missing, fmt::format("{}", *backfill.thresholds.max_missing));
    if (backfill.thresholds.min_coverage)
        add(backfill_key::min_coverage, fmt::format("{}", *backfill.thresholds.min_coverage));
    for (const health::Rule& rule : backfill.rules)
        add(options::rule.name, rule.text);
    return out;
}

std::string text(const Settings& settings, const std::vector<SettingLine>& lines,
                 const std::vector<health::Backfill>& backfills) {
    const Configuration* file = settings.configuration();
    std::string out = fmt::format("Configuration file: {}\n\n", file == nullptr ? "none" : file->file);
    std::size_t names = 0;
    std::size_t values = 0;
    for (const SettingLine& line : lines) {
        names = std::max(names, health::columns_of(line.name));
        values = std::max(values, health::columns_of(line.value.value_or("")));
    }
    for (const auto& [name, value, source] : lines)
        out += fmt::format("{}  {}  {}\n", health::align_left(name, names),
                           health::align_left(value.value_or(""), values), source);
    for (const health::Backfill& backfill : backfills)
        out += block(backfill);
    return out;
}

/// A value that a command would reject is rejected here, too.
void check(Settings& settings, const std::vector<health::Backfill>& backfills) {
    read_store(settings, backfills, {read_emission(settings).health_index});
    read_remote(settings, kibana_service);
    read_timeout(settings);
    settings.duration(options::refresh_interval);
    settings.duration(options::max_stale);
    if (const auto usable = health::check_listen_address(settings.text(options::listen)); !usable)
        settings.fail(options::listen, usable.error().message, usable.error().hint);
    if (const std::string file = settings.text(options::web_config_file); !file.empty())
        settings.check(health::check_web_config(file));
}

Action setup_config(Settings& settings) {
    const bool configured = settings.configuration() != nullptr && settings.configuration()->backfills;
    const auto backfills = configured ? read_named_backfills(settings) : read_backfills(settings);
    check(settings, backfills);
    std::vector<SettingLine> lines;
    for (const Option* option : configurable_options())
        lines.push_back(in_force(settings, *option));
    const std::string out =
        settings.has_flag(options::json) ? json_line(settings, lines, backfills) : text(settings, lines, backfills);
    return [out] {
        const auto printed = print(out);
        return printed ? done : report(printed.error());
    };
}

} // namespace

Command config_command(const Options& others) {
    return {.name = "config",
            .summary = "check the configuration, and print the settings in effect",
            .description = "Reads the configuration file, the variables and the flags as every other command does, "
                           "connects to nothing, and prints each setting with its source, and then each backfill. For "
                           "secrets, only the source is printed.",
            .options = Options{&options::json} + others,
            .examples = {{"which settings are in effect, and where they come from", "backfill-health config"},
                         {"check a file before it is installed", "backfill-health config --config backfills.yaml"}},
            .exits = {{done, "the configuration is valid"}, {usage, "the configuration is not valid, or wrong usage"}},
            .setup = setup_config};
}

} // namespace cli
