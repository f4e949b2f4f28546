// A configuration file: written by hand, perhaps by somebody who knows other YAML.
#include "properties.hpp"

#include <base/text.hpp>
#include <cli/configuration/configuration.hpp>
#include <cli/option.hpp>

#include <boost/json.hpp>

namespace {

using cli::Option;

constexpr std::string_view file = "f.yaml";

const cli::Options& known_options() {
    static const Option es_url{.name = "es-url", .argument = "URL", .variable = "ES_URL"};
    static const Option timeout{.name = "timeout", .argument = "TIME", .variable = "ES_TIMEOUT"};
    static const Option max_stale{.name = "max-stale", .argument = "TIME", .also_in_file = true};
    static const Option json{.name = "json"};
    static const cli::Options out{&es_url, &timeout, &max_stale, &json};
    return out;
}

void must_be_usable(const health::Backfill& backfill) {
    test::must(!backfill.name.empty() && !backfill.index.empty() && !backfill.field.empty());
    for (const std::string* text : {&backfill.name, &backfill.index, &backfill.field})
        test::must_be_printable(*text);
    for (const health::Term& term : backfill.population)
        test::must(!term.field.empty() && !term.values.empty());
    if (backfill.query) {
        boost::system::error_code failure;
        test::must(boost::json::parse(*backfill.query, failure).is_object() && !failure);
    }
    if (const auto share = backfill.thresholds.min_coverage)
        test::must(*share >= 0 && *share <= 1);
}

} // namespace

void fuzz(std::string_view input) {
    const auto read =
        cli::parse_configuration(std::string(input), std::string(file), cli::configurable_names(known_options()));
    if (!read) {
        test::must(read.error().kind == health::ErrorKind::usage);
        test::must(read.error().message.starts_with("f.yaml:"));
        test::must_be_tellable(read.error());
        return;
    }
    for (const auto& [name, value] : read->settings)
        test::must(name != "json" && value.line >= 1 && health::is_utf8(value.value));
    if (!read->backfills)
        return;
    test::must(!read->backfills->empty());
    for (const cli::ConfiguredBackfill& configured : *read->backfills)
        must_be_usable(configured.backfill);
}
