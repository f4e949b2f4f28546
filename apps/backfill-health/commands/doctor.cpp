#include <cli/options.hpp>
#include <commands/checkup.hpp>
#include <commands/commands.hpp>

namespace cli {

namespace {

Result<Action> setup(const Arguments& arguments) {
    auto checkup = read_checkup(arguments, true);
    if (!checkup)
        return checkup.error();
    return Action([checkup = *std::move(checkup), as_json = arguments.has(options::json)] {
        const auto found = look(checkup);
        const auto printed =
            print_always(as_json ? json_findings(found.findings) + "\n" : to_text(found, checkup.paint));
        return printed ? status_of(found) : report(printed.error());
    });
}

} // namespace

Command doctor_command() {
    return {.name = "doctor",
            .summary = "look for what is wrong, and say what to do about it",
            .description =
                "Looks at the engine (or the folder), the index, its fields and numbers, the health index, the "
                "cluster, serve and Kibana, and changes nothing. Each line is ok, a warning or a problem; beneath it "
                "is the way out. What may not be looked at is a warning.\n\nThat serve or Kibana is not there is a "
                "problem when its address was given, and else a warning. The options of credentials are "
                "Elasticsearch's; Kibana's own are in KIBANA_API_KEY and its like.",
            .options = Options{&options::json} + checkup_options(),
            .examples = {{"when something does not work", "backfill-health doctor"},
                         {"only what is wrong", "backfill-health doctor --quiet"},
                         {"for a script", "backfill-health doctor --json"}},
            .exits = {{done, "no problem; there may be warnings"},
                      {check, "there are problems"},
                      {usage, "wrong usage or settings"},
                      {failed, "could not look: the engine cannot be reached"}},
            .setup = setup};
}

} // namespace cli
