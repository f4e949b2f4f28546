#include <cli/options.hpp>
#include <cli/report.hpp>
#include <commands/commands.hpp>
#include <commands/shared/emission.hpp>
#include <commands/shared/measurement.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace cli {

namespace {

struct Emit {
    Emission emission;
    Measurement measurement;
    bool as_json = false;
};

std::string line(const Emit& wanted, const health::Backfill& backfill, const health::Snapshot& snapshot,
                 const boost::json::object& document) {
    return wanted.as_json ? boost::json::serialize(document) + "\n" : describe_emission(backfill, snapshot) + "\n";
}

/// The user must not store it again just because it was not shown.
std::string what_is_stored(std::size_t count) {
    return count == 1 ? "the snapshot is stored" : fmt::format("{} snapshots are stored", count);
}

ExitStatus emit(const Emit& wanted) {
    const auto& [emission, measurement, as_json] = wanted;
    const MeasuredSnapshots measured = measure(measurement);
    ExitStatus status = write_textfile(measurement, measured);
    const auto& backfills = measurement.backfills;
    const auto snapshots = values_of(measured);
    const auto stored =
        emission.emit(*measurement.store, backfills, snapshots, health::Deadline::after(measurement.timeout));
    std::string out;
    std::size_t count = 0;
    for (std::size_t i = 0; i < stored.size(); ++i)
        if (stored[i] && *stored[i]) {
            out += line(wanted, backfills[i], *snapshots[i], **stored[i]);
            ++count;
        }
    if (const auto printed = out.empty() ? Result<void>() : print(out); !printed)
        status = std::max(status, report(with_hint(printed.error(), what_is_stored(count))));
    status = std::max(status, report_failures(backfills, failures_of(measured)));
    return std::max(status, report_failures(backfills, failures_of(stored)));
}

Action setup_emit(Settings& settings) {
    Emit wanted{.emission = read_emission(settings), .measurement = {}, .as_json = settings.has_flag(options::json)};
    wanted.measurement = read_measurement(settings, {wanted.emission.health_index});
    return [=] { return emit(wanted); };
}

} // namespace

Command emit_command() {
    return {.name = command_name::emit,
            .summary = "store a snapshot in the health index",
            .description = "Measures each backfill and stores its numbers as one document of the health index, which "
                           "create-index creates. A snapshot that cannot be stored is kept in the spool; the next emit "
                           "to the same health index stores it first, with its original time.",
            .options = Options{&options::json} + emission_options() + measurement_options(),
            .takes_names = true,
            .examples = {{"store a snapshot", "backfill-health emit"},
                         {"the same from cron, which mails what is printed", "backfill-health emit --quiet"},
                         {"and see the stored document", "backfill-health emit --json"}},
            .setup = setup_emit};
}

} // namespace cli
