#include <cli/options.hpp>
#include <commands/commands.hpp>
#include <model/document.hpp>

#include <fmt/format.h>

namespace cli {

namespace {

Result<Action> setup(const Arguments& arguments) {
    auto backfill = read_backfill(arguments);
    if (!backfill)
        return backfill.error();
    auto health_index = read_health_index(arguments);
    if (!health_index)
        return health_index.error();
    const auto timeout = read_timeout(arguments);
    if (!timeout)
        return timeout.error();
    auto store = open_store(arguments, {*health_index});
    if (!store)
        return store.error();
    return Action([backfill = *std::move(backfill), health_index = *std::move(health_index), timeout = *timeout,
                   store = std::shared_ptr(*std::move(store))] {
        const auto installed =
            store->install(health_index, health::health_mapping(backfill), health::Deadline::after(timeout));
        if (!installed)
            return report(installed.error());
        const auto printed = print(*installed == health::Installed::created
                                       ? fmt::format("Created index {}\n", health_index)
                                       : fmt::format("Index {} already exists (mapping matches)\n", health_index));
        return printed ? done : report(printed.error());
    });
}

} // namespace

Command create_index_command() {
    return {.name = "create-index",
            .summary = "install the mapping of the health index",
            .description =
                "Creates the index that emit writes to, with the mapping that its documents need. When it is "
                "there already, its mapping is compared: fields that it lacks are added, and one of another "
                "type is an error that names the field.",
            .options = Options{&options::health_index} + backfill_options() + store_options(),
            .examples = {{"before the first emit", "backfill-health create-index"}},
            .setup = setup};
}

} // namespace cli
