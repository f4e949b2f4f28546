#include <cli/backfill.hpp>
#include <cli/connection.hpp>
#include <cli/options.hpp>
#include <cli/store.hpp>
#include <commands/commands.hpp>
#include <exporter/exporter.hpp>

namespace cli {

namespace {

const Option refresh_interval{.name = "refresh-interval",
                              .argument = "TIME",
                              .variable = "BACKFILL_HEALTH_REFRESH_INTERVAL",
                              .fallback = "15s",
                              .help = "time between measurements; 0 measures on every scrape"};
const Option max_stale{.name = "max-stale",
                       .argument = "TIME",
                       .fallback = "15m",
                       .help = "how long the last good numbers are shown while measuring fails"};
const Option web_config_file{.name = "web.config.file",
                             .argument = "FILE",
                             .variable = "BACKFILL_HEALTH_WEB_CONFIG_FILE",
                             .help = "TLS and users, as for Prometheus' exporters"};

Action setup(Settings& settings) {
    const health::Backfill backfill = read_backfill(settings);
    health::ExporterSettings exporter{.listen = settings.text(options::listen),
                                      .refresh_interval = settings.duration(refresh_interval),
                                      .timeout = read_timeout(settings),
                                      .source = settings.text(options::es_url),
                                      .health_index = read_health_index(settings),
                                      .max_stale = settings.duration(max_stale),
                                      .web_config_file = settings.text(web_config_file)};
    const auto store = read_store(settings, {backfill.index, exporter.health_index});
    for (const std::string& warning : clear_text_warnings(settings))
        exporter.warnings.push_back(warning + ": use https");
    if (store && !store->cluster().empty())
        exporter.source = store->cluster();
    return [=] {
        const auto served = health::serve(exporter, {backfill}, *store);
        return served ? done : report(served.error());
    };
}

} // namespace

Command serve_command() {
    return {.name = "serve",
            .summary = "serve the metrics to Prometheus",
            .description = "Measures every --refresh-interval and serves the metrics at /metrics, until SIGINT or "
                           "SIGTERM. / is a page for people, /healthz and /readyz are for probes, and a POST to "
                           "/metrics/refresh measures at once. SIGHUP reloads secrets and certificates.",
            .options =
                Options{&options::listen, &refresh_interval, &max_stale, &web_config_file, &options::health_index} +
                backfill_options() + store_options(),
            .examples = {{"for a Prometheus on this machine", "backfill-health serve"},
                         {"for one elsewhere, with TLS and passwords",
                          "backfill-health serve --listen :8003 --web.config.file web.yml"}},
            .endless = true,
            .setup = setup};
}

} // namespace cli
