#pragma once

#include <base/glyphs.hpp>
#include <model/snapshot.hpp>

#include <string>

/// The numbers that the screen and the lines of `watch` have in common.
namespace cli {

/// Between 0 and 1.
double share_done(const health::Snapshot& snapshot);

/// "69.8 %"; 100.0 % only when nothing is missing.
std::string percent_done(const health::Snapshot& snapshot);

/// Filled by the share that is done.
std::string progress_bar(const health::Snapshot& snapshot, std::size_t columns, health::Glyphs glyphs);

} // namespace cli
