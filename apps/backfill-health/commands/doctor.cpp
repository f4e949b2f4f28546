#include <cli/hints.hpp>
#include <cli/options.hpp>
#include <cli/report.hpp>
#include <commands/commands.hpp>
#include <commands/shared/checkup.hpp>
#include <report/finding_report.hpp>

#include <boost/json.hpp>

namespace cli {

namespace {

Action setup_doctor(Settings& settings) {
    const Checkup checkup = read_checkup(settings, true);
    const bool as_json = settings.has_flag(options::json);
    return [=] {
        const auto found = run_checks(checkup);
        const auto printed = print_always(as_json ? boost::json::serialize(to_json(found.findings, hint_text)) + "\n"
                                                  : to_text(found, checkup.paint));
        return printed ? status_of(found) : report(printed.error());
    };
}

} // namespace

Command doctor_command() {
    return {.name = command_name::doctor,
            .summary = "find out what is wrong, and what to do about it",
            .description =
                "Checks the engine (or the folder), the index, its fields and numbers, the health index, the cluster, "
                "serve and Kibana, and changes nothing. It also looks at how future documents will be handled: ingest "
                "pipelines, and the template of the next index of a pattern, alias or data stream. Each line is ok, a "
                "warning or a problem; below it is what to do about it. A check that the credentials do not "
                "allow is reported as a warning.\n\nAn absent serve or Kibana is a problem if its address was given, "
                "otherwise a "
                "warning. The credentials options are for Elasticsearch; Kibana has variables of its own, such as "
                "KIBANA_API_KEY.",
            .options = Options{&options::json} + checkup_options(),
            .takes_names = true,
            .examples = {{"when something does not work", "backfill-health doctor"},
                         {"only warnings and problems", "backfill-health doctor --quiet"},
                         {"for a script", "backfill-health doctor --json"}},
            .exits = {{done, "no problems; there may be warnings"},
                      {check, "there are problems"},
                      {usage, "wrong usage or settings"},
                      {failed, "the engine cannot be reached"}},
            .setup = setup_doctor};
}

} // namespace cli
