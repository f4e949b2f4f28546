#pragma once

#include <base/error.hpp>
#include <base/file_stamp.hpp>
#include <model/backfill.hpp>

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace health {

/// What a configuration file says when it is read again.
struct Reconfiguration {
    std::vector<Backfill> backfills;
    std::vector<std::string>
        need_restart{}; ///< settings that have changed and that a running exporter cannot take over
};

struct ConfigurationFile {
    FileStamp stamp;                               ///< as it was first read
    std::function<Result<Reconfiguration>()> read; ///< called on the thread that measures
};

struct ExporterSettings {
    std::string listen;                         ///< host:port; an empty host is all interfaces
    std::chrono::milliseconds refresh_interval; ///< 0: measure on every scrape
    std::chrono::milliseconds timeout;          ///< of one measurement
    std::string source;                         ///< what is measured, as the page names it
    std::string health_index;                   ///< where the page's history comes from
    std::chrono::milliseconds max_stale;        ///< how long the last good numbers are shown while measuring fails
    HintTexts hint_texts;                       ///< puts the hints of what is logged or shown into words
    std::string web_config_file{};              ///< TLS, users and headers, as of Prometheus' exporters; may be empty
    std::vector<std::string> warnings{};        ///< logged once it listens
    std::optional<ConfigurationFile> configuration{}; ///< read again at SIGHUP, and when it has changed
};

} // namespace health
