#pragma once

#include <model/backfill.hpp>
#include <model/progress.hpp>

#include <chrono>
#include <string>
#include <string_view>

/// The progress of a backfill in words.
namespace health {

/// "falling by 5.8/s": how `missing` changes, in documents a second.
std::string describe_change(double per_second);

/// "falling by 5.8/s in the last minute"
std::string describe_change(const Progress::Trend& trend);

/// The time over which a trend was seen, as precise as it is shown: about a minute is one.
std::chrono::seconds window_of(const Progress::Trend& trend);

/// "the last minute", or "the last 46s".
std::string describe_window(std::chrono::seconds window);

/// "1m 2s left (55s to 1m 10s)".
std::string describe_left(const Progress::Estimate& estimate);

/// "nothing filled for 4m; 9.6 new documents/s arrive without dates"; empty when it is only too early, when nothing is
/// missing, or measurements fail.
std::string describe_reason(const Progress::NoEstimate& no_estimate, const Backfill& backfill);

/// "about 1m 2s left (55s to 1m 10s)", or what describe_reason() says.
std::string describe_outlook(const Progress::Outlook& outlook, const Backfill& backfill);

/// "nothing_filled"
std::string_view reason_name(Progress::Reason reason);

/// In whole seconds, 1 at least: what is not over takes longer than 0.
std::chrono::seconds rounded_up(Progress::Seconds time);

} // namespace health
