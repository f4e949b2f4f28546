#include <cli/backfill.hpp>
#include <cli/connection.hpp>
#include <cli/hints.hpp>
#include <cli/options.hpp>
#include <cli/report.hpp>
#include <cli/store.hpp>
#include <commands/commands.hpp>
#include <commands/shared/dashboard.hpp>
#include <elasticsearch/store.hpp>
#include <kibana/kibana.hpp>
#include <store/remedy.hpp>
#include <terminal/console.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace cli {

namespace {

const Option no_overwrite{.name = "no-overwrite", .help = "keep existing objects, and fail if there are any"};
const Option new_copies{.name = "new-copies", .help = "import copies with new ids alongside the existing objects"};
const Option print_only{.name = "print", .help = "write the built-in dashboard to stdout, and import nothing"};

health::SavedObjects read_objects(Settings& settings) {
    const auto words = settings.words();
    if (words.empty())
        return read_dashboard(settings);
    std::string content = settings.content(words.front(), "the dashboard");
    if (settings.failed())
        return {};
    return settings.take(health::parse_saved_objects(std::move(content), words.front()));
}

health::ImportMode read_mode(Settings& settings) {
    settings.refuse_both(no_overwrite, new_copies);
    if (settings.has_flag(new_copies))
        return health::ImportMode::new_copies;
    return settings.has_flag(no_overwrite) ? health::ImportMode::keep : health::ImportMode::overwrite;
}

ExitStatus print_line(const std::string& text) {
    const auto printed = print(text);
    return printed ? done : report(printed.error());
}

/// What would happen to the objects that exist already.
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
    const auto kept = mode == health::ImportMode::keep ? preview->existing : std::vector<health::SavedObject>();
    const std::size_t imported = objects.objects.size() - kept.size();
    return print_line(fmt::format("Would import {} into Kibana {} at {}{}\n", describe(objects, imported, kept),
                                  preview->version, kibana.shown(), describe_existing(existing, mode)));
}

/// The index from which the dashboard reads snapshots, to find out whether there are any.
struct HealthIndexState {
    std::shared_ptr<health::Store> store; ///< none when it is not known which, or with whose credentials
    std::vector<health::Backfill> backfills;
    std::string name;

    /// Says so when there is certainly no snapshot yet: Kibana shows empty panels then, without a reason.
    void remark() const {
        if (!store || is_quiet())
            return;
        const auto deadline = health::Deadline::after(std::chrono::seconds(2));
        for (const std::string& index : {name, name + "-*"}) { // a monthly one
            const auto all = store->latest(index, backfills, deadline);
            const auto may_be_there = [](const Result<std::optional<health::Timestamp>>& latest) {
                return latest ? latest->has_value() : latest.error().kind != ErrorKind::index_missing;
            };
            if (std::ranges::any_of(all, may_be_there))
                return;
        }
        complain(fmt::format("no snapshot of {} is stored in {} yet: the dashboard is empty until {} has stored "
                             "one",
                             backfills.size() == 1 ? backfills.front().index : "any backfill", name,
                             hint_text(health::Remedy::store_snapshot)));
    }
};

/// From the variables of Elasticsearch: the flags are for Kibana.
HealthIndexState find_health_index(const Settings& settings) {
    const bool flags_are_kibanas = std::ranges::any_of(connection_options(), [&](const Option* option) {
        return option != &options::timeout && option != &options::retries && settings.has_flag(*option);
    });
    if (flags_are_kibanas || is_folder(settings))
        return {};
    Settings of_elasticsearch = settings; // errors in them must not prevent the import
    HealthIndexState out{
        .store = {}, .backfills = read_backfills(of_elasticsearch), .name = read_health_index(of_elasticsearch)};
    auto remote = read_remote(of_elasticsearch, elasticsearch_service);
    remote.retries = 0;
    if (of_elasticsearch.failed())
        return {};
    out.store = of_elasticsearch.take(health::make_elasticsearch_store(remote));
    if (!out.store || !out.store->check_name(out.name))
        return {};
    return out;
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
        status =
            report({ErrorKind::rejected, fmt::format("{} \"{}\" ({}) already exists and was kept", type, title, id),
                    hints::overwrite_objects});
    if (imported->count == 0)
        return status;
    std::string text = fmt::format("Imported {}\n", describe(objects, imported->count, imported->kept));
    for (const std::string& url : imported->dashboard_urls)
        text += url + "\n";
    return std::max(status, print_line(text));
}

Action setup_import_dashboard(Settings& settings) {
    if (settings.has_flag(print_only) && !settings.words().empty())
        settings.fail("--print writes the built-in dashboard, and takes no file");
    const health::SavedObjects objects = read_objects(settings);
    if (settings.has_flag(print_only))
        return [=] { return print_line(objects.ndjson); };
    const auto mode = read_mode(settings);
    const auto timeout = read_timeout(settings);
    const auto wait_time = settings.duration(options::wait);
    const auto remote = read_remote(settings, kibana_service);
    const std::string space_id = settings.text(options::space);
    const HealthIndexState health_index = settings.words().empty() ? find_health_index(settings) : HealthIndexState{};
    const bool trying = settings.has_flag(options::dry_run);
    return [=] {
        auto kibana = health::Kibana::make(remote, space_id);
        if (!kibana)
            return report(kibana.error());
        if (wait_time.count() > 0)
            if (const auto ready = kibana->wait_until_ready(health::Deadline::after(wait_time)); !ready)
                return report(ready.error());
        const auto deadline = health::Deadline::after(timeout);
        if (trying)
            return try_out(*kibana, objects, mode, deadline);
        const ExitStatus status = import(*kibana, objects, mode, deadline);
        if (status == done)
            health_index.remark();
        return status;
    };
}

} // namespace

Command import_dashboard_command() {
    return {.name = command_name::import_dashboard,
            .summary = "import the dashboard into Kibana",
            .description = "Imports the saved objects of FILE, or the built-in dashboard. The file is checked before "
                           "it is sent. The dashboard stays empty until emit has stored a snapshot.\n\nThe credentials "
                           "are Kibana's: their variables begin with KIBANA_ instead of "
                           "ES_, as in KIBANA_API_KEY_FILE. If none of these is set, the ES_ variables are used.",
            .options = Options{&options::kibana_url, &options::space, &no_overwrite, &new_copies, &options::wait,
                               &options::dry_run, &print_only, &options::health_index} +
                       connection_options(),
            .operand = "FILE",
            .examples = {{"the built-in dashboard", "backfill-health import-dashboard"},
                         {"when Kibana has just been started", "backfill-health import-dashboard --wait 2m"},
                         {"see what would be sent", "backfill-health import-dashboard --print > dashboard.ndjson"}},
            .setup = setup_import_dashboard};
}

} // namespace cli
