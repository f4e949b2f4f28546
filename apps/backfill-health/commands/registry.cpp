#include <commands/commands.hpp>

#include <array>

namespace cli {

std::span<const Command> all_commands() {
    static const std::array commands{
        create_index_command(), emit_command(),  validate_command(),         watch_command(),
        history_command(),      serve_command(), import_dashboard_command(), doctor_command(),
        bootstrap_command(),
    };
    return commands;
}

} // namespace cli
