#pragma once

#include <cli/configuration/configuration.hpp>
#include <cli/option.hpp>
#include <cli/settings.hpp>

#include <memory>
#include <optional>
#include <string>

namespace cli {

/// The file that --config or $BACKFILL_HEALTH_CONFIG names, or else the first that exists of
/// $XDG_CONFIG_HOME/backfill-health/config.yaml and /etc/backfill-health/config.yaml. None: there is no file, or an
/// empty --config wants none.
std::optional<std::string> find_configuration(const Settings& settings);

/// Reads the file. `known` are the options of all commands. An error is `usage`.
Result<std::shared_ptr<const Configuration>> read_configuration(const std::string& file, const Options& known);

} // namespace cli
