#pragma once

#include <string_view>

/// The keys of a backfill in the configuration file: docs/config.schema.json describes them.
namespace cli::backfill_key {

inline constexpr std::string_view name = "name";
inline constexpr std::string_view index = "index";
inline constexpr std::string_view population = "population";
inline constexpr std::string_view query = "query";
inline constexpr std::string_view field = "field";
inline constexpr std::string_view derived = "derived";
inline constexpr std::string_view arrival = "arrival";
inline constexpr std::string_view max_missing = "max-missing";
inline constexpr std::string_view min_coverage = "min-coverage";
inline constexpr std::string_view rules = "rules";

} // namespace cli::backfill_key
