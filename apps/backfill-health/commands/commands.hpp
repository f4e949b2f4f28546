#pragma once

#include <cli/command.hpp>

namespace cli {

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
