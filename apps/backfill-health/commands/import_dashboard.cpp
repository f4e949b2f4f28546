#include <cli/options.hpp>
#include <commands/commands.hpp>
#include <commands/dashboard.hpp>
#include <elasticsearch/store.hpp>
#include <kibana/kibana.hpp>
#include <terminal/console.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cli {

namespace {

const Option no_overwrite{"no-overwrite", "", "", "", "objects that exist already are errors, and stay"};
const Option new_copies{"new-copies", "", "", "", "import copies with new ids beside what is there"};
const Option print_only{"print", "", "", "", "write the built-in dashboard to stdout; import nothing"};

Result<health::SavedObjects> read_objects(const Arguments& arguments) {
    if (arguments.positional().size() < 2)
        return read_dashboard(arguments);
    const std::string& path = arguments.positional()[1];
    auto content = read_file(path, "the dashboard");
    if (!content)
        return content.error();
    return health::parse_saved_objects(*std::move(content), path);
}

Result<health::ImportMode> read_mode(const Arguments& arguments) {
    if (arguments.has(no_overwrite) && arguments.has(new_copies))
        return Error{ErrorKind::usage, "--no-overwrite and --new-copies are both given", "choose one"};
    if (arguments.has(new_copies))
        return health::ImportMode::new_copies;
    return arguments.has(no_overwrite) ? health::ImportMode::keep : health::ImportMode::overwrite;
}

ExitStatus print_line(const std::string& text) {
    const auto printed = print(text);
    return printed ? done : report(printed.error());
}

/// What would become of the objects that exist already.
std::string describe_existing(std::size_t count, health::ImportMode mode) {
    if (count == 0)
        return {};
    return mode == health::ImportMode::keep ? fmt::format("; {} already exist and would be refused", count)
                                            : fmt::format(", replacing {} that already exist", count);
}

ExitStatus try_out(health::Kibana& kibana, const health::SavedObjects& objects, health::ImportMode mode,
                   const health::Deadline& deadline) {
    const auto preview = kibana.preview(objects, mode, deadline);
    if (!preview)
        return report(preview.error());
    const std::size_t existing = preview->existing.size();
    const std::size_t imported = objects.objects.size() - (mode == health::ImportMode::keep ? existing : 0);
    return print_line(fmt::format("Would import {} into Kibana {} at {}{}\n", describe(objects, imported),
                                  preview->version, kibana.shown(), describe_existing(existing, mode)));
}

/// Where the dashboard finds its snapshots, for looking whether there are any.
struct HealthIndex {
    std::shared_ptr<health::Store> store; ///< none when it is not known which, or with whose credentials
    health::Backfill backfill;
    std::string name;

    /// When there is certainly no snapshot yet, says so: Kibana draws empty panels then, and does not say why.
    void remark() const {
        if (!store || is_quiet())
            return;
        const auto deadline = health::Deadline::after(std::chrono::seconds(2));
        for (const std::string& index : {name, name + "-*"}) { // a monthly one
            const auto latest = store->latest(index, backfill, deadline);
            if (latest ? latest->has_value() : latest.error().kind != ErrorKind::index_missing)
                return;
        }
        complain(fmt::format("no snapshot of {} is stored in {} yet: the dashboard is empty until backfill-health emit "
                             "has stored one",
                             backfill.index, name));
    }
};

/// By what the environment says of Elasticsearch: the flags are Kibana's.
HealthIndex find_health_index(const Arguments& arguments) {
    const bool flags_are_kibanas = std::ranges::any_of(connection_options(), [&](const Option* option) {
        return option != &options::timeout && option != &options::retries && arguments.has(*option);
    });
    const auto backfill = read_backfill(arguments);
    const auto name = read_health_index(arguments);
    if (flags_are_kibanas || is_folder(arguments) || !backfill || !name)
        return {};
    auto settings = read_remote(arguments, elasticsearch_options);
    if (!settings)
        return {};
    settings->retries = 0;
    auto store = health::make_elasticsearch_store(*settings);
    if (!store || !(*store)->check_name(*name))
        return {};
    return {.store = *std::move(store), .backfill = *backfill, .name = *name};
}

ExitStatus import(health::Kibana& kibana, const health::SavedObjects& objects, health::ImportMode mode,
                  const health::Deadline& deadline) {
    const auto imported = kibana.import(objects, mode, deadline);
    ExitStatus status = done;
    if (!imported) {
        for (const Error& error : imported.error())
            status = report(error);
        return status;
    }
    for (const auto& [type, id, title] : imported->kept)
        status = report({ErrorKind::rejected, fmt::format("{} \"{}\" ({}) exists already and stays", type, title, id),
                         "without --no-overwrite it is replaced"});
    if (imported->count == 0)
        return status;
    std::string text = fmt::format("Imported {}\n", describe(objects, imported->count));
    if (!imported->dashboard_url.empty())
        text += imported->dashboard_url + "\n";
    return std::max(status, print_line(text));
}

Result<Action> setup(const Arguments& arguments) {
    if (arguments.has(print_only) && arguments.positional().size() > 1)
        return Error{ErrorKind::usage, "--print writes the built-in dashboard, and takes no file", ""};
    auto objects = read_objects(arguments);
    if (!objects)
        return objects.error();
    if (arguments.has(print_only))
        return Action([text = objects->ndjson] { return print_line(text); });
    const auto mode = read_mode(arguments);
    if (!mode)
        return mode.error();
    const auto timeout = read_timeout(arguments);
    if (!timeout)
        return timeout.error();
    const auto patience = read_duration(arguments, options::wait);
    if (!patience)
        return patience.error();
    auto settings = read_remote(arguments, kibana_options);
    if (!settings)
        return settings.error();
    const bool is_built_in = arguments.positional().size() < 2;
    return Action([objects = *std::move(objects), mode = *mode, timeout = *timeout, patience = *patience,
                   settings = *std::move(settings), space_id = arguments.text(options::space),
                   trying = arguments.has(options::dry_run),
                   health_index = is_built_in ? find_health_index(arguments) : HealthIndex{}] {
        auto kibana = health::Kibana::make(settings, space_id);
        if (!kibana)
            return report(kibana.error());
        if (patience.count() > 0)
            if (const auto ready = kibana->wait_until_ready(health::Deadline::after(patience)); !ready)
                return report(ready.error());
        const auto deadline = health::Deadline::after(timeout);
        if (trying)
            return try_out(*kibana, objects, mode, deadline);
        const ExitStatus status = import(*kibana, objects, mode, deadline);
        if (status == done)
            health_index.remark();
        return status;
    });
}

} // namespace

Command import_dashboard_command() {
    return {.name = "import-dashboard",
            .summary = "post the dashboard to Kibana",
            .description = "Imports the saved objects of FILE, or those that the program carries. The file is checked "
                           "before it is sent. The dashboard is empty until emit has stored the first snapshot.\n\n"
                           "The credentials are Kibana's. Their variables begin with KIBANA_ in place of ES_, such as "
                           "KIBANA_API_KEY_FILE; when none of those is set, the ES_ ones are used.",
            .options = Options{&options::kibana_url, &options::space, &no_overwrite, &new_copies, &options::wait,
                               &options::dry_run, &print_only, &options::health_index} +
                       connection_options(),
            .operand = "FILE",
            .examples = {{"the built-in dashboard", "backfill-health import-dashboard"},
                         {"when Kibana has just been started", "backfill-health import-dashboard --wait 2m"},
                         {"see what would be sent", "backfill-health import-dashboard --print > dashboard.ndjson"}},
            .setup = setup};
}

} // namespace cli
