#pragma once

#include <cli/settings.hpp>
#include <model/backfill.hpp>

#include <string>
#include <vector>

namespace cli {

/// The backfills with these names, in the order of the configuration file; all of them without names. Where the file
/// has none, the options describe the only one. Fails where both do.
std::vector<health::Backfill> read_backfills(Settings& settings, const std::vector<std::string>& names = {});

/// All backfills, with what their documents in the health index depend on: population and index may be wrong.
std::vector<health::Backfill> read_named_backfills(Settings& settings);

std::string read_health_index(Settings& settings);

/// A rule of this backfill.
health::Rule read_rule(Settings& settings, const Option& option, const std::string& text,
                       const health::Backfill& backfill);

} // namespace cli
