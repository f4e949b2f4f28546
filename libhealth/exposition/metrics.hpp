#pragma once

#include <exposition/family.hpp>
#include <exposition/telemetry.hpp>

#include <string_view>
#include <vector>

namespace health::exposition {

/// What was measured. It changes when a measurement ends, or when numbers become too old to be shown.
std::vector<Family> measured_families(const Telemetry& telemetry);

/// What a text file keeps of an earlier run, and what tells an exporter from other servers.
inline constexpr std::string_view backfill_label = "backfill";
inline constexpr std::string_view index_label = "index";
inline constexpr std::string_view last_run_metric = "backfill_health_last_run_timestamp";
inline constexpr std::string_view index_info_metric = "backfill_health_index_info";
inline constexpr std::string_view up_metric = "backfill_health_up"; ///< of all backfills
inline constexpr std::string_view backfill_up_metric = "backfill_up";
inline constexpr std::string_view last_success_metric = "backfill_last_success_timestamp_seconds";

/// The part of it that outlives a process: without the counters of its measurements.
std::vector<Family> state_families(const Telemetry& telemetry);

/// The resources that the process uses. They change all the time.
std::vector<Family> process_families(const ProcessStats& process);

} // namespace health::exposition
