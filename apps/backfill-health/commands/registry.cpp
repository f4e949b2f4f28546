#include <cli/options.hpp>
#include <commands/commands.hpp>

#include <algorithm>

namespace cli {

namespace {

void add_new(Options& to, const Options& more) {
    for (const Option* option : more)
        if (std::ranges::find(to, option) == to.end())
            to.push_back(option);
}

std::vector<Command> make_commands() {
    std::vector<Command> out{
        create_index_command(), emit_command(),  validate_command(),         watch_command(),
        history_command(),      serve_command(), import_dashboard_command(), doctor_command(),
        bootstrap_command(),
    };
    Options configured;
    for (const Command& command : out)
        for (const Option* option : command.options)
            if (option->configurable())
                add_new(configured, {option});
    add_new(configured, backfill_options());
    add_new(configured, {&options::insecure});
    out.push_back(config_command(configured));
    return out;
}

} // namespace

Commands all_commands() {
    static const std::vector<Command> commands = make_commands();
    return commands;
}

Options configurable_options() {
    Options out;
    for (const Command& command : all_commands())
        for (const Option* option : command.options + common_options())
            if (option->configurable())
                add_new(out, {option});
    return out;
}

} // namespace cli
