#include "commands/commands.hpp"
#include "options.hpp"

#include <health/kibana.hpp>

#include <fmt/format.h>

namespace cli {

namespace {

const Option kibana_url{"kibana-url", "URL", "KIBANA_URL", "http://localhost:5601", "Kibana, with its base path"};
const Option space{"space", "ID", "KIBANA_SPACE", "", "space to import into; empty: the default one"};

Result<health::SavedObjects> read_objects(const Arguments& arguments) {
    if (arguments.positional().size() < 2)
        return health::parse_saved_objects(std::string(health::embedded_dashboard()), "the built-in dashboard");
    const std::string& path = arguments.positional()[1];
    auto content = read_file(path, "the dashboard");
    if (!content)
        return content.error();
    return health::parse_saved_objects(*std::move(content), path);
}

Result<Action> setup(const Arguments& arguments) {
    auto objects = read_objects(arguments);
    if (!objects)
        return objects.error();
    const auto timeout = read_timeout(arguments);
    if (!timeout)
        return timeout.error();
    auto kibana = read_remote(arguments, {.url = kibana_url, .prefix = "KIBANA_", .fallback_prefix = "ES_"});
    if (!kibana)
        return kibana.error();
    return Action([objects = *std::move(objects), timeout = *timeout, kibana = *std::move(kibana),
                   space_id = arguments.text(space)] {
        const auto imported = import_saved_objects(kibana, space_id, objects, health::Deadline::after(timeout));
        if (!imported) {
            ExitStatus status = failed;
            for (const Error& error : imported.error())
                status = report(error);
            return status;
        }
        std::string text = fmt::format("Imported {} saved objects", imported->count);
        if (!imported->dashboard_url.empty())
            text += fmt::format(" (dashboard \"{}\")\n{}", objects.dashboard_title, imported->dashboard_url);
        const auto printed = print(text + "\n");
        return printed ? done : report(printed.error());
    });
}

} // namespace

Command import_dashboard_command() {
    return {.name = "import-dashboard",
            .summary = "post the dashboard to Kibana",
            .options = Options{&kibana_url, &space} + connection_options(),
            .operand = "FILE",
            .setup = setup};
}

} // namespace cli
