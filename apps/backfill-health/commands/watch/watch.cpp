#include <cli/appearance.hpp>
#include <cli/backfill.hpp>
#include <cli/connection.hpp>
#include <cli/options.hpp>
#include <cli/store.hpp>
#include <commands/commands.hpp>
#include <commands/watch/session.hpp>

#include <unistd.h>

namespace cli {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

const Option interval{.name = "interval", .argument = "TIME", .fallback = "5s", .help = "time between measurements"};
const Option until_done{.name = "until-done", .help = "exit with 0 when nothing is missing and no rule is broken"};
const Option give_up_after{
    .name = "give-up-after", .argument = "TIME", .help = "with --until-done: exit with 1 after this time"};
const Option emit_every{
    .name = "emit-every", .argument = "TIME", .help = "interval between snapshots stored in the health index"};

std::optional<milliseconds> read_optional_duration(Settings& settings, const Option& option) {
    return settings.is_given(option) ? std::optional(settings.duration(option, 100ms)) : std::nullopt;
}

WatchSettings::Output read_output(const Settings& settings) {
    if (settings.has_flag(options::json))
        return WatchSettings::Output::json;
    return is_terminal(STDOUT_FILENO, settings) ? WatchSettings::Output::screen : WatchSettings::Output::text;
}

Action setup(Settings& settings) {
    WatchSettings watch{.backfills = read_backfills(settings, settings.words()),
                        .store = {},
                        .timeout = read_timeout(settings),
                        .interval = settings.duration(interval, 100ms),
                        .until_done = settings.has_flag(until_done),
                        .give_up_after = read_optional_duration(settings, give_up_after),
                        .emission = read_emission(settings),
                        .emit_every = read_optional_duration(settings, emit_every),
                        .output = read_output(settings),
                        .glyphs = read_glyphs(settings),
                        .paint = Paint(read_color(settings), STDOUT_FILENO)};
    if (watch.give_up_after && !watch.until_done)
        settings.fail("--give-up-after needs --until-done");
    for (health::Backfill& backfill : watch.backfills)
        if (backfill.arrival)
            backfill.arrivals_since = health::now_in_seconds();
    watch.store = read_store(settings, watch.backfills, {watch.emission.health_index});
    return [=] { return WatchSession(watch).run(); };
}

} // namespace

Command watch_command() {
    return {.name = "watch",
            .summary = "show the progress of the backfill, and when it will be done",
            .description =
                "Measures every --interval and shows on a terminal how much is done, how fast, and about "
                "when the rest will be done. Ctrl-C ends it and leaves the last state on the screen. "
                "Without a terminal it prints a line for each measurement, and says on stderr when "
                "measuring begins to fail and when it works again. A failed measurement does not end it, "
                "unless it is the first one.\n\nThe time left is estimated from the rate at which the "
                "number of missing documents falls; the range in brackets reflects how much that rate has "
                "varied. New documents without the field count against it. When nothing has been filled "
                "lately, the reason is shown instead of an estimate.\n\nWith several backfills it shows one "
                "line each, and their sum; if the terminal has too few rows for all of them, those that "
                "are not done come first.\n\nWith --arrival, documents that arrived since the watch began are "
                "counted separately: it is done when the others are, and says how many of the new ones lack "
                "the field.\n\nWith --json, each line has the members of validate's report, and: "
                "rate_per_second, by how much missing fell, and documents_per_second, by how much the "
                "population grew, both over rates_over_seconds; mean_rate_per_second, on which the estimate "
                "rests; seconds_left, seconds_left_at_least and seconds_left_at_most; and no_estimate, the "
                "reason where there is none; with --arrival also arrived.",
            .options = Options{&interval, &until_done, &give_up_after, &emit_every, &options::json} +
                       emission_options() + backfill_options() + measuring_options(),
            .takes_names = true,
            .examples = {{"until Ctrl-C", "backfill-health watch"},
                         {"in a script that goes on when the backfill is done",
                          "backfill-health watch --until-done --give-up-after 2h"},
                         {"with a snapshot for the trend every five minutes",
                          "backfill-health watch --until-done --emit-every 5m"}},
            .exits = {{done, "--until-done: nothing is missing and no rule is broken"},
                      {check, "--give-up-after: something is still missing, or a rule is broken"},
                      {usage, "wrong usage or settings"},
                      {failed, "the first measurement failed, or none succeeded when it gave up"},
                      {interrupted,
                       "Ctrl-C; other signals: 128 + their number, including SIGPIPE (141) when stdout has no reader"}},
            .endless = true,
            .setup = setup};
}

} // namespace cli
