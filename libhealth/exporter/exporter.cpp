#include <exporter/exporter.hpp>

#include <base/log.hpp>
#include <exporter/endpoints.hpp>
#include <exporter/front_pages.hpp>
#include <exporter/history_reader.hpp>
#include <exporter/journal.hpp>
#include <exporter/notify.hpp>
#include <exporter/pages.hpp>
#include <exporter/refresher.hpp>
#include <exporter/routes.hpp>
#include <http/listen_address.hpp>
#include <http/server.hpp>
#include <web/guard.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <sys/resource.h>

namespace health {

namespace {

/// For the measurements, and for connections that are being refused.
constexpr rlim_t reserved_descriptors = 64;

/// A server runs out of descriptors first, and the soft limit of 1024 is there for select(2), which we do not
/// use. Scrapers must not take those that a measurement needs.
http::Limits limits_by_descriptors() {
    http::Limits out;
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return out;
    if (limit.rlim_cur < limit.rlim_max) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    const rlim_t reserved = std::min(reserved_descriptors, limit.rlim_cur / 2);
    out.connections = std::min<rlim_t>(out.connections, limit.rlim_cur - reserved);
    return out;
}

} // namespace

Result<void> check_listen_address(std::string_view address) {
    const auto parsed = http::parse_listen_address(address);
    return parsed ? Result<void>() : parsed.error();
}

Result<void> check_web_config(const std::string& file) {
    return web::ConfigFile::check(file);
}

Result<void> serve(const ExporterSettings& settings, std::vector<Backfill> backfills, Store& store,
                   Store& history_store) {
    exporter::Journal journal(backfills, {.max_stale = settings.max_stale,
                                          .refresh_interval = settings.refresh_interval,
                                          .hint_texts = settings.hint_texts});
    if (settings.configuration)
        journal.record_configuration(std::nullopt);
    exporter::Pages pages(journal);
    exporter::FrontPages front_pages(journal, settings.source);
    exporter::Refresher refresher(store, std::move(backfills), settings, journal, [&] {
        front_pages.update();
        pages.update(); // last, for it makes the exporter ready
    });
    exporter::HistoryReader history_reader(history_store, settings, journal, [&] { front_pages.update(); });
    exporter::Routes routes(refresher, history_reader, pages, front_pages, settings.refresh_interval.count() == 0,
                            settings.hint_texts);
    std::optional<web::ConfigFile> web_config;
    std::optional<web::Guard> guard;
    http::Handler handler = [&](const http::ServerRequest& request) { return routes(request); };
    http::TlsSource tls;
    if (!settings.web_config_file.empty()) {
        auto opened = web::ConfigFile::open(settings.web_config_file, settings.hint_texts);
        if (!opened)
            return opened.error();
        web_config = *std::move(opened);
        guard.emplace(*web_config, exporter::Routes::is_probe, handler);
        handler = [&](const http::ServerRequest& request) { return (*guard)(request); };
        tls = [&] { return web_config->current()->tls; };
    }
    const std::string_view scheme = tls && tls() ? "https" : "http";
    http::Server server(handler, limits_by_descriptors(), tls);
    const auto address = server.listen(settings.listen);
    if (!address)
        return address.error();
    log::write(
        log::Level::info, "listening",
        {{"address", fmt::format("{}://{}", scheme, *address)}, {"metrics", std::string(exporter::endpoint::metrics)}});
    for (const std::string& warning : settings.warnings)
        log::write(log::Level::warn, warning);
    refresher.start();
    history_reader.start();
    exporter::notify_service_manager("READY=1");
    const auto stopping = [&] {
        exporter::notify_service_manager("STOPPING=1");
        refresher.stop();
        history_reader.stop();
        if (guard)
            guard->stop();
    };
    const auto reloading = [&] {
        refresher.reload();
        history_reader.reload();
        if (web_config)
            web_config->reload();
    };
    server.run(stopping, reloading);
    return {};
}

} // namespace health
