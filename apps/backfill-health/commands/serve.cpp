#include <cli/options.hpp>
#include <commands/commands.hpp>
#include <exporter/exporter.hpp>

namespace cli {

namespace {

const Option refresh_interval{"refresh-interval", "TIME", "BACKFILL_HEALTH_REFRESH_INTERVAL", "15s",
                              "time between measurements; 0: on every scrape"};
const Option max_stale{"max-stale", "TIME", "", "15m",
                       "how long the last good numbers are shown while measuring fails"};
const Option web_config_file{"web.config.file", "FILE", "BACKFILL_HEALTH_WEB_CONFIG_FILE", "",
                             "TLS and users, as of Prometheus' exporters"};

Result<Action> setup(const Arguments& arguments) {
    auto backfill = read_backfill(arguments);
    if (!backfill)
        return backfill.error();
    const auto interval = read_duration(arguments, refresh_interval);
    if (!interval)
        return interval.error();
    const auto stale = read_duration(arguments, max_stale);
    if (!stale)
        return stale.error();
    const auto timeout = read_timeout(arguments);
    if (!timeout)
        return timeout.error();
    auto health_index = read_health_index(arguments);
    if (!health_index)
        return health_index.error();
    auto store = open_store(arguments, {backfill->index, *health_index});
    if (!store)
        return store.error();
    health::ExporterSettings settings{.listen = arguments.text(options::listen),
                                      .refresh_interval = *interval,
                                      .timeout = *timeout,
                                      .source = (*store)->cluster().empty() ? arguments.text(options::es_url)
                                                                            : (*store)->cluster(),
                                      .health_index = *std::move(health_index),
                                      .max_stale = *stale,
                                      .web_config_file = arguments.text(web_config_file)};
    for (const std::string& warning : clear_text_warnings(arguments))
        settings.warnings.push_back(warning + ": use https");
    return Action([backfill = *std::move(backfill), settings, store = std::shared_ptr(*std::move(store))] {
        const auto served = health::serve(settings, {backfill}, *store);
        return served ? done : report(served.error());
    });
}

} // namespace

Command serve_command() {
    return {.name = "serve",
            .summary = "serve the metrics to Prometheus",
            .description =
                "Measures every --refresh-interval and answers at /metrics, until SIGINT or SIGTERM. / is a page "
                "for people, /healthz and /readyz are for probes, and a POST to /metrics/refresh measures "
                "now. SIGHUP reads secrets and certificates again.",
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
