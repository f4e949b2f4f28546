#pragma once

#include <commands/watch/state.hpp>

#include <string>

namespace cli {

/// Whether a line names its backfill, so that several can be told apart.
enum class Named { no, yes };

/// A line for each measurement, with its newline: the state after it, which has a snapshot. Times are in UTC.
std::string watch_text(const WatchState& state, const health::ClockReading& now, Named named = Named::no);

/// The report's members, and
///   rate_per_second            by how much `missing` fell; negative when it rose
///   documents_per_second       by how much the population grew
///   rates_over_seconds         the time that these two cover: the last minute, or less at first
///   mean_rate_per_second       the rate that the estimate rests on
///   seconds_left, seconds_left_at_least, seconds_left_at_most
///   no_estimate                why there is none
/// each of them null where it is not known; and where arrivals are counted, arrived.
std::string watch_json(const WatchState& state, const health::ClockReading& now);

} // namespace cli
