#include "commands/commands.hpp"

#include <array>

namespace cli {

std::vector<ExitMeaning> usual_exits() {
    return {{done, "done"},
            {usage, "wrong usage or settings"},
            {failed, "could not do it; one line on stderr says why, and no number is printed"}};
}

std::span<const Command> all_commands() {
    static const std::array commands{
        create_index_command(),     emit_command(),   validate_command(),  history_command(), serve_command(),
        import_dashboard_command(), doctor_command(), bootstrap_command(),
    };
    return commands;
}

} // namespace cli
