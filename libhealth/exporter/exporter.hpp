#pragma once

#include <base/error.hpp>
#include <exporter/settings.hpp>
#include <model/backfill.hpp>
#include <store/store.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace health {

/// Whether serve() could use them. An error is `usage`.
Result<void> check_listen_address(std::string_view address);
Result<void> check_web_config(const std::string& file);

/// Serves the metrics of the backfills until SIGINT or SIGTERM. Fails when it cannot listen, or cannot use the web
/// configuration.
/// Histories are read from `history_store`, on a thread of its own.
Result<void> serve(const ExporterSettings& settings, std::vector<Backfill> backfills, Store& store,
                   Store& history_store);

} // namespace health
