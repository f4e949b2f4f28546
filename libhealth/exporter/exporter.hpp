#pragma once

#include <base/error.hpp>
#include <model/backfill.hpp>
#include <store/store.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace health {

struct ExporterSettings {
    std::string listen;                         ///< host:port; an empty host is all interfaces
    std::chrono::milliseconds refresh_interval; ///< 0: measure on every scrape
    std::chrono::milliseconds timeout;          ///< of one measurement
    std::string source;                         ///< what is measured, as the page names it
    std::string health_index;                   ///< where the page's history comes from
    std::chrono::milliseconds max_stale;        ///< how long the last good numbers are shown while measuring fails
    std::string web_config_file{};              ///< TLS, users and headers, as of Prometheus' exporters; may be empty
    std::vector<std::string> warnings{};        ///< logged once it listens
};

/// Serves the metrics of the backfills until SIGINT or SIGTERM. Fails when it cannot listen, or cannot use the web
/// configuration.
Result<void> serve(const ExporterSettings& settings, std::vector<Backfill> backfills, Store& store);

} // namespace health
