#include <base/text.hpp>
#include <cli/hints.hpp>
#include <cli/options.hpp>
#include <cli/report.hpp>
#include <cli/store.hpp>
#include <commands/commands.hpp>
#include <commands/shared/checkup.hpp>
#include <commands/shared/dashboard.hpp>
#include <commands/shared/emission.hpp>
#include <commands/shared/health_index.hpp>
#include <model/document.hpp>
#include <model/names.hpp>
#include <report/finding_report.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace cli {

namespace {

namespace json = boost::json;

const Option no_kibana{.name = "no-kibana", .help = "skip Kibana"};

enum class StepOutcome { done, was_there, would, failed, left_out };

std::string_view to_string(StepOutcome outcome) {
    switch (outcome) {
    case StepOutcome::done:
        return "done";
    case StepOutcome::was_there:
        return "was there";
    case StepOutcome::would:
        return "would";
    case StepOutcome::failed:
        return "failed";
    case StepOutcome::left_out:
        return "left out";
    }
    return "unknown";
}

struct Step {
    std::string_view name; ///< the command that does only this
    StepOutcome outcome;
    std::string message;
    bool makes_index = false; ///< a new one, without snapshots
};

Step failure(std::string_view name, const Error& error) {
    return {.name = name, .outcome = StepOutcome::failed, .message = one_line(error, hint_text)};
}

struct Bootstrap {
    Checkup checkup;
    Emission emission;
    health::SavedObjects dashboard;
    std::chrono::milliseconds wait_time; ///< how long to wait for a Kibana that is starting
    bool of_folder = false;
    bool dry_run = false;
    bool as_json = false;

    [[nodiscard]] health::Deadline deadline() const { return health::Deadline::after(checkup.timeout); }
};

std::string describe_planned(const std::string& index, const health::Installed& planned) {
    return planned.created
               ? fmt::format("Would create index {}", index)
               : fmt::format("Would complete the mapping of index {}: {}", index, health::join(planned.added, ", "));
}

Step create_index(const Bootstrap& what) {
    constexpr std::string_view name = command_name::create_index;
    const std::string& index = what.checkup.health_index;
    const auto mapping = health::health_mapping(what.checkup.backfills);
    health::Store& store = *what.checkup.store;
    const auto installed = what.dry_run ? store.preview_install(index, mapping, what.deadline())
                                        : store.install(index, mapping, what.deadline());
    if (!installed)
        return failure(name, installed.error());
    Step out{.name = name,
             .outcome = StepOutcome::was_there,
             .message = describe_installed(index, *installed),
             .makes_index = installed->created};
    if (!installed->created && installed->added.empty())
        return out;
    out.outcome = what.dry_run ? StepOutcome::would : StepOutcome::done;
    if (what.dry_run)
        out.message = describe_planned(index, *installed);
    return out;
}

std::string describe_kept(std::size_t count) {
    return count == 0 ? "" : fmt::format("; {} that already exist are kept (import-dashboard replaces them)", count);
}

/// A Kibana whose address nobody gave may be absent.
Step import_failure(const Bootstrap& what, const Error& error) {
    constexpr std::string_view name = command_name::import_dashboard;
    if (what.checkup.kibana_expected || error.kind != ErrorKind::unreachable)
        return failure(name, error);
    return {.name = name,
            .outcome = StepOutcome::left_out,
            .message = fmt::format("Dashboard skipped: there is no Kibana at {}. {}", what.checkup.kibana->shown(),
                                   hints::start_kibana)};
}

Step preview_dashboard(const Bootstrap& what) {
    constexpr std::string_view name = command_name::import_dashboard;
    const auto& [dashboard, kibana] = std::tie(what.dashboard, *what.checkup.kibana);
    const auto preview = kibana.preview(dashboard, health::ImportMode::complete, what.deadline());
    if (!preview)
        return import_failure(what, preview.error());
    const std::size_t existing = preview->existing.size();
    const std::size_t lacking = dashboard.objects.size() - existing;
    if (lacking == 0)
        return {.name = name,
                .outcome = StepOutcome::was_there,
                .message = fmt::format("{} already exist", describe(dashboard, existing))};
    return {.name = name,
            .outcome = StepOutcome::would,
            .message =
                fmt::format("Would import {} into Kibana {} at {}{}", describe(dashboard, lacking, preview->existing),
                            preview->version, kibana.shown(), describe_kept(existing))};
}

Step import_dashboard(const Bootstrap& what) {
    constexpr std::string_view name = command_name::import_dashboard;
    const auto& [dashboard, kibana] = std::tie(what.dashboard, *what.checkup.kibana);
    if (what.wait_time.count() > 0)
        if (const auto ready = kibana.wait_until_ready(health::Deadline::after(what.wait_time)); !ready)
            return import_failure(what, ready.error());
    if (what.dry_run)
        return preview_dashboard(what);
    const auto imported = kibana.import(dashboard, health::ImportMode::complete, what.deadline());
    if (!imported)
        return import_failure(what, imported.error().front());
    const std::size_t kept = imported->kept.size();
    if (imported->count == 0)
        return {.name = name,
                .outcome = StepOutcome::was_there,
                .message = fmt::format("{} already exist: {}", describe(dashboard, kept),
                                       health::join(imported->dashboard_urls, ", "))};
    return {.name = name,
            .outcome = StepOutcome::done,
            .message = fmt::format("Imported {}{}: {}", describe(dashboard, imported->count, imported->kept),
                                   describe_kept(kept), health::join(imported->dashboard_urls, ", "))};
}

/// Makes the written documents visible at once. Optional: a key may lack the privilege.
void refresh_health_index(const Bootstrap& what) {
    health::Backfill snapshots = what.checkup.backfills.front();
    snapshots.index = what.checkup.health_index;
    (void)what.checkup.store->refresh({&snapshots, 1}, what.deadline());
}

/// Where there are several, an error says which one it is about.
Step emit_failure(const Bootstrap& what, const health::Backfill& backfill, const Error& error) {
    const bool several = what.checkup.backfills.size() > 1;
    return failure(command_name::emit, several ? with_context(backfill.name, error) : error);
}

/// Why a backfill gets no first snapshot, if it gets none.
std::optional<Step> reason_not_to_emit(const Bootstrap& what, const health::Backfill& backfill,
                                       const Result<health::Snapshot>& snapshot) {
    if (!snapshot)
        return emit_failure(what, backfill, snapshot.error());
    // As the first point of a trend it would be wrong, and would keep bootstrap from emitting a right one.
    if (snapshot->population() == 0)
        return Step{.name = command_name::emit,
                    .outcome = StepOutcome::left_out,
                    .message = "Snapshot skipped: " + remark(backfill, *snapshot)};
    if (what.dry_run)
        return Step{.name = command_name::emit,
                    .outcome = StepOutcome::would,
                    .message = "Would emit backfill health: " + health::to_python_literal(backfill, *snapshot)};
    return std::nullopt;
}

/// The first snapshots of these backfills.
std::vector<Step> emit_first(const Bootstrap& what, const std::vector<health::Backfill>& backfills) {
    if (backfills.empty())
        return {};
    health::Store& store = *what.checkup.store;
    const auto measured = store.measure(backfills, what.deadline());
    std::vector<Step> out(backfills.size());
    std::vector<std::optional<health::Snapshot>> emitted(backfills.size());
    for (std::size_t i = 0; i < backfills.size(); ++i)
        if (auto kept = reason_not_to_emit(what, backfills[i], measured[i]))
            out[i] = *std::move(kept);
        else
            emitted[i] = *measured[i];
    const auto stored = what.emission.emit(store, backfills, emitted, what.deadline());
    for (std::size_t i = 0; i < stored.size(); ++i)
        if (emitted[i])
            out[i] = stored[i] ? Step{.name = command_name::emit,
                                      .outcome = StepOutcome::done,
                                      .message = describe_emission(backfills[i], *emitted[i])}
                               : emit_failure(what, backfills[i], stored[i].error());
    return out;
}

/// A step for each backfill.
std::vector<Step> emit(const Bootstrap& what, const Step& index) {
    const auto& backfills = what.checkup.backfills;
    if (index.outcome == StepOutcome::failed)
        return {{.name = command_name::emit,
                 .outcome = StepOutcome::left_out,
                 .message = "Snapshot skipped: the health index is not ready"}};
    std::vector<Result<std::optional<health::Timestamp>>> latest(backfills.size(), std::nullopt);
    if (!index.makes_index) {
        if (!what.dry_run)
            refresh_health_index(what);
        latest = what.checkup.store->latest(what.checkup.health_index, backfills, what.deadline());
    }
    std::vector<Step> out(backfills.size());
    std::vector<health::Backfill> without_snapshot;
    for (std::size_t i = 0; i < backfills.size(); ++i)
        if (!latest[i])
            out[i] = emit_failure(what, backfills[i], latest[i].error());
        else if (*latest[i])
            out[i] = {.name = command_name::emit,
                      .outcome = StepOutcome::was_there,
                      .message = backfills.size() == 1
                                     ? fmt::format("Snapshots of {} already exist", backfills[i].index)
                                     : fmt::format("Snapshots of {} in {} already exist", backfills[i].name,
                                                   backfills[i].index)};
        else
            without_snapshot.push_back(backfills[i]);
    auto first = emit_first(what, without_snapshot);
    auto next = first.begin();
    for (std::size_t i = 0; i < backfills.size(); ++i)
        if (latest[i] && !*latest[i])
            out[i] = std::move(*next++);
    if (std::ranges::find(out, StepOutcome::done, &Step::outcome) != out.end())
        refresh_health_index(what);
    return out;
}

std::string to_json(const std::vector<Step>& steps, const std::optional<health::Examination>& found) {
    json::array list;
    for (const Step& step : steps)
        list.push_back({{"step", step.name}, {"outcome", to_string(step.outcome)}, {"message", step.message}});
    json::object out{{"steps", std::move(list)}};
    if (found)
        out[command_name::doctor] = to_json(found->findings, hint_text);
    return json::serialize(out);
}

/// A failed step is reported on stderr, like any failure.
Result<void> print_step(const Step& step, bool as_json) {
    if (step.outcome == StepOutcome::failed)
        complain(step.message);
    else if (!as_json)
        return print(step.message + "\n");
    return {};
}

ExitStatus run(const Bootstrap& what) {
    std::vector<Step> steps;
    const auto add = [&](Step step) {
        steps.push_back(std::move(step));
        return print_step(steps.back(), what.as_json);
    };
    Result<void> printed = add(create_index(what));
    const Step index = steps.front();
    if (printed && what.checkup.kibana)
        printed = add(import_dashboard(what));
    else if (printed && what.of_folder)
        printed = add({.name = command_name::import_dashboard,
                       .outcome = StepOutcome::left_out,
                       .message = "Dashboard skipped: Kibana cannot read folders"});
    if (printed)
        for (Step& step : emit(what, index))
            if (printed)
                printed = add(std::move(step));
    std::optional<health::Examination> found;
    if (!what.dry_run)
        found = run_checks(what.checkup);
    if (printed && what.as_json)
        printed = print_always(to_json(steps, found) + "\n");
    else if (printed && found)
        printed = print_always((is_quiet() ? "" : "\n") + to_text(*found, what.checkup.paint));
    if (!printed)
        return report(printed.error());
    for (const Step& step : steps)
        if (step.outcome == StepOutcome::failed)
            return failed;
    return found ? status_of(*found) : done;
}

Action setup_bootstrap(Settings& settings) {
    const bool of_folder = is_folder(settings) && !settings.is_given(options::kibana_url);
    const bool with_kibana = !settings.has_flag(no_kibana) && !of_folder;
    const Bootstrap what{.checkup = read_checkup(settings, with_kibana),
                         .emission = read_emission(settings),
                         .dashboard = read_dashboard(settings),
                         .wait_time = settings.duration(options::wait),
                         .of_folder = of_folder && !settings.has_flag(no_kibana),
                         .dry_run = settings.has_flag(options::dry_run),
                         .as_json = settings.has_flag(options::json)};
    return [=] { return run(what); };
}

} // namespace

Command bootstrap_command() {
    Options all = Options{&options::dry_run, &no_kibana, &options::wait, &options::json} + checkup_options();
    for (const Option* option : emission_options())
        if (option != &options::health_index)
            all.push_back(option);
    return {.name = "bootstrap",
            .summary = "set up Elasticsearch and Kibana: index, dashboard, first snapshot",
            .description =
                "Runs create-index, import-dashboard and the first emit where still needed, and then checks "
                "everything as doctor does. What exists is left as it is, so bootstrap can be run again. A step that "
                "fails does not stop the others.\n\nUnless --kibana-url or KIBANA_URL names it, Kibana is skipped "
                "when it cannot be reached; with a folder it is always skipped. The credentials options are for "
                "Elasticsearch; Kibana has variables of its own, such as KIBANA_API_KEY.",
            .options = std::move(all),
            .takes_names = true,
            .examples = {{"see what it would do", "backfill-health bootstrap --dry-run"},
                         {"when everything has just been started", "backfill-health bootstrap --wait 2m"},
                         {"without a Kibana", "backfill-health bootstrap --no-kibana"}},
            .exits = {{done, "everything is in place; there may be warnings"},
                      {check, "everything is in place, but doctor finds problems"},
                      {usage, "wrong usage or settings"},
                      {failed, "a step failed; each has one line on stderr that says why"}},
            .setup = setup_bootstrap};
}

} // namespace cli
