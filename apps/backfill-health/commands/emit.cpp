#include <cli/options.hpp>
#include <commands/commands.hpp>
#include <commands/emission.hpp>
#include <commands/measurement.hpp>
#include <model/document.hpp>

#include <fmt/format.h>

namespace cli {

namespace {

Action setup(Settings& settings) {
    const Emission emission = read_emission(settings);
    const Measurement measurement = read_measurement(settings, {emission.health_index});
    const bool as_json = settings.has_flag(options::json);
    return [=] {
        const auto snapshot = measure(measurement);
        const ExitStatus textfile_status = write_textfile(measurement, snapshot);
        if (!snapshot)
            return report(snapshot.error());
        const auto document = emission.emit(*measurement.store, measurement.backfill, *snapshot,
                                            health::Deadline::after(measurement.timeout));
        if (!document)
            return report(document.error());
        const auto printed = print(as_json ? *document + "\n"
                                           : fmt::format("Emitted backfill health: {}\n",
                                                         health::to_python_literal(measurement.backfill, *snapshot)));
        return printed ? textfile_status : report(printed.error());
    };
}

} // namespace

Command emit_command() {
    return {.name = "emit",
            .summary = "store a snapshot in the health index",
            .description = "Measures the backfill and stores the numbers as one document of the health index, which "
                           "create-index creates. A snapshot that cannot be stored is kept in the spool; the next emit "
                           "to the same place delivers it first, with its own time.",
            .options = Options{&options::json} + emission_options() + measurement_options(),
            .examples = {{"store a snapshot", "backfill-health emit"},
                         {"the same from cron, which mails what is printed", "backfill-health emit --quiet"},
                         {"and see the stored document", "backfill-health emit --json"}},
            .setup = setup};
}

} // namespace cli
