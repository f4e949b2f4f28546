#include <cli/backfill.hpp>
#include <cli/connection.hpp>
#include <cli/options.hpp>
#include <cli/report.hpp>
#include <cli/store.hpp>
#include <commands/commands.hpp>
#include <commands/shared/health_index.hpp>
#include <model/document.hpp>

namespace cli {

namespace {

Action setup_create_index(Settings& settings) {
    const auto backfills = read_named_backfills(settings);
    const std::string health_index = read_health_index(settings);
    const auto timeout = read_timeout(settings);
    const auto store = read_store(settings, {health_index});
    return [=] {
        const auto installed =
            store->install(health_index, health::health_mapping(backfills), health::Deadline::after(timeout));
        if (!installed)
            return report(installed.error());
        const auto printed = print(describe_installed(health_index, *installed) + "\n");
        return printed ? done : report(printed.error());
    };
}

} // namespace

Command create_index_command() {
    return {.name = command_name::create_index,
            .summary = "install the mapping of the health index",
            .description = "Creates the index that emit writes to, with the mapping that its documents need. If it "
                           "exists, its mapping is compared: missing fields are added, and a field of a conflicting "
                           "type is an error that names it.",
            .options =
                Options{&options::health_index, &options::name, &options::field, &options::derived, &options::rule} +
                store_options(),
            .unused_options = {&options::index, &options::population, &options::arrival},
            .examples = {{"before the first emit", "backfill-health create-index"}},
            .setup = setup_create_index};
}

} // namespace cli
