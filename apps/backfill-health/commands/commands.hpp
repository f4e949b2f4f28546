#pragma once

#include <cli/command.hpp>

#include <string_view>

namespace cli {

/// The names of the commands that bootstrap runs.
namespace command_name {

inline constexpr std::string_view create_index = "create-index";
inline constexpr std::string_view doctor = "doctor";
inline constexpr std::string_view emit = "emit";
inline constexpr std::string_view import_dashboard = "import-dashboard";

} // namespace command_name

Command create_index_command();
Command emit_command();
Command validate_command();
Command serve_command();
Command import_dashboard_command();
Command history_command();
Command doctor_command();
Command bootstrap_command();
Command watch_command();
Command config_command(const Options& others); ///< the options of all others

Commands all_commands();

/// Those that a configuration file may set, each once.
Options configurable_options();

} // namespace cli
