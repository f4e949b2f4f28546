#pragma once

#include <cli/configuration/configuration.hpp>
#include <cli/configuration/yaml.hpp>

#include <string_view>
#include <vector>

namespace cli {

/// An entry of `backfills`. Throws yaml::Problem.
ConfiguredBackfill read_backfill_node(const yaml::Node& node);

/// "KEY is not known", with the nearest of these, or all of them, as its hint.
yaml::Problem unknown_key(const yaml::Member& member, const std::vector<std::string_view>& known);

/// Throws when the node is of another kind.
void expect(const yaml::Node& node, yaml::Node::Kind kind, std::string_view key);

} // namespace cli
