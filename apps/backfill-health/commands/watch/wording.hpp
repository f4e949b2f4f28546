#pragma once

#include <model/backfill.hpp>
#include <model/progress.hpp>
#include <model/snapshot.hpp>

#include <string>
#include <string_view>

/// The words and numbers that the screen and the lines of `watch` have in common.
namespace cli {

/// Between 0 and 1.
double share_done(const health::Snapshot& snapshot);

/// "69.8 %"; 100.0 % only when nothing is missing.
std::string percent_done(const health::Snapshot& snapshot);

/// "falling by 5.8/s": how `missing` changes, in documents a second.
std::string describe_change(double per_second);

/// "1m 2s left (55s to 1m 10s)".
std::string describe_left(const health::Progress::Estimate& estimate);

/// "nothing filled for 4m; 9.6 new documents/s arrive without dates"; empty when it is only too early, when nothing is
/// missing, or measurements fail.
std::string describe_obstacle(const health::Progress::NoEstimate& reason, const health::Backfill& backfill);

/// "nothing_filled"
std::string_view obstacle_name(health::Progress::Obstacle obstacle);

/// In whole seconds, 1 at least: what is not over takes longer than 0.
std::chrono::seconds rounded_up(health::Progress::Seconds time);

} // namespace cli
