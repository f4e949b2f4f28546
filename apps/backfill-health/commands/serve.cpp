#include <cli/backfill.hpp>
#include <cli/connection.hpp>
#include <cli/find_configuration.hpp>
#include <cli/hints.hpp>
#include <cli/options.hpp>
#include <cli/report.hpp>
#include <cli/store.hpp>
#include <commands/commands.hpp>
#include <exporter/exporter.hpp>
#include <store/remedy.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>

namespace cli {

namespace {

/// Those that a running exporter does not take over.
Options fixed_options() {
    return Options{&options::listen, &options::refresh_interval, &options::max_stale, &options::web_config_file,
                   &options::health_index} +
           measuring_options();
}

std::vector<std::string> values_in_force(const Settings& settings, const Options& options) {
    std::vector<std::string> out;
    for (const Option* option : options)
        out.push_back(settings.setting(*option).value);
    return out;
}

Result<health::Reconfiguration> read_again(Settings settings, const health::Store& store) {
    const Options fixed = fixed_options() + common_options();
    const auto before = values_in_force(settings, fixed);
    auto read = read_configuration(settings.configuration()->file, configurable_options());
    if (!read)
        return read.error();
    settings.use(*read);
    const auto after = values_in_force(settings, fixed);
    health::Reconfiguration out{.backfills = read_backfills(settings, settings.words())};
    for (std::size_t i = 0; i < fixed.size(); ++i)
        if (before[i] != after[i])
            out.need_restart.emplace_back(fixed[i]->name);
    for (const health::Backfill& backfill : out.backfills)
        settings.check(store.check_name(backfill.index));
    if (settings.failed())
        return *settings.error();
    return out;
}

Action setup_serve(Settings& settings) {
    const auto backfills = read_backfills(settings, settings.words());
    health::ExporterSettings exporter{.listen = settings.text(options::listen),
                                      .refresh_interval = settings.duration(options::refresh_interval),
                                      .timeout = read_timeout(settings),
                                      .source = settings.text(options::es_url),
                                      .health_index = read_health_index(settings),
                                      .max_stale = settings.duration(options::max_stale),
                                      .hint_texts = hint_text,
                                      .web_config_file = settings.text(options::web_config_file)};
    const auto store = read_store(settings, backfills, {exporter.health_index});
    const auto history_store = read_store(settings, backfills, {exporter.health_index});
    for (const std::string& warning : clear_text_warnings(settings))
        exporter.warnings.push_back(fmt::format("{}; {}", warning, hint_text(health::Remedy::use_https)));
    if (store && !store->cluster().empty())
        exporter.source = store->cluster();
    // /dev/null and pipes cannot be read again.
    if (settings.configuration() != nullptr && std::filesystem::is_regular_file(settings.configuration()->file))
        exporter.configuration = {.stamp = settings.configuration()->stamp,
                                  .read = [settings, store] { return read_again(settings, *store); }};
    return [=] {
        const auto served = health::serve(exporter, backfills, *store, *history_store);
        return served ? done : report(served.error());
    };
}

} // namespace

Command serve_command() {
    return {.name = "serve",
            .summary = "serve the metrics to Prometheus",
            .description = "Measures every --refresh-interval and serves the metrics at /metrics, until SIGINT or "
                           "SIGTERM. / is a status page, /healthz and /readyz are for probes, and a POST to "
                           "/metrics/refresh measures at once. SIGHUP reloads secrets, certificates and the "
                           "configuration file.",
            .options = fixed_options() + backfill_options(),
            .takes_names = true,
            .examples = {{"for a Prometheus on this machine", "backfill-health serve"},
                         {"for one elsewhere, with TLS and passwords",
                          "backfill-health serve --listen :8003 --web.config.file web.yml"}},
            .endless = true,
            .setup = setup_serve};
}

} // namespace cli
