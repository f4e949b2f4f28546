#pragma once

#include <cli/configuration/yaml.hpp>
#include <model/backfill.hpp>

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

namespace cli {

/// A backfill as the file has it, without what follows from the options' defaults.
struct ConfiguredBackfill {
    health::Backfill backfill;
    std::size_t line = 1;                  ///< where it begins
    std::optional<std::size_t> query_line; ///< where its query is, which only an Elasticsearch understands
};

/// An entry of `backfills`. Throws yaml::Problem.
ConfiguredBackfill read_backfill_node(const yaml::Node& node);

/// "unknown key KEY", with the nearest of these, or all of them, as its hint.
yaml::Problem unknown_key(const yaml::Member& member, const std::vector<std::string_view>& known);

/// Throws when the node is of another kind.
void expect(const yaml::Node& node, yaml::Node::Kind kind, std::string_view key);

} // namespace cli
