#include <cli/appearance.hpp>
#include <cli/options.hpp>
#include <commands/commands.hpp>
#include <commands/watch/session.hpp>

#include <unistd.h>

namespace cli {

namespace {

using namespace std::chrono_literals;
using std::chrono::milliseconds;

const Option interval{"interval", "TIME", "", "5s", "time between measurements"};
const Option until_done{"until-done", "", "", "", "end with 0 when nothing is missing"};
const Option give_up_after{"give-up-after", "TIME", "", "", "with --until-done: end with 1 when it takes longer"};
const Option emit_every{"emit-every", "TIME", "", "", "store a snapshot in the health index every so long"};

Result<std::optional<milliseconds>> read_optional_duration(const Arguments& arguments, const Option& option) {
    if (!arguments.has(option))
        return std::optional<milliseconds>();
    const auto value = read_duration(arguments, option);
    if (!value)
        return value.error();
    return std::optional(*value);
}

Result<Action> setup(const Arguments& arguments) {
    auto emission = read_emission(arguments);
    if (!emission)
        return emission.error();
    auto backfill = read_backfill(arguments);
    if (!backfill)
        return backfill.error();
    const auto timeout = read_timeout(arguments);
    if (!timeout)
        return timeout.error();
    const auto every = read_duration(arguments, interval);
    if (!every)
        return every.error();
    if (*every < 100ms)
        return Error{ErrorKind::usage, "--interval must be 100ms or longer", ""};
    const auto patience = read_optional_duration(arguments, give_up_after);
    if (!patience)
        return patience.error();
    if (*patience && !arguments.has(until_done))
        return Error{ErrorKind::usage, "--give-up-after needs --until-done", ""};
    const auto emitting = read_optional_duration(arguments, emit_every);
    if (!emitting)
        return emitting.error();
    const auto when = read_color(arguments);
    if (!when)
        return when.error();
    auto store = open_store(arguments, {backfill->index, emission->health_index});
    if (!store)
        return store.error();
    const auto format = arguments.has(options::json)            ? WatchSettings::Format::json
                        : is_terminal(STDOUT_FILENO, arguments) ? WatchSettings::Format::screen
                                                                : WatchSettings::Format::text;
    return Action(
        [settings = WatchSettings{.backfill = *std::move(backfill),
                                  .store = *std::move(store),
                                  .timeout = *timeout,
                                  .interval = *every,
                                  .until_done = arguments.has(until_done),
                                  .give_up_after = *patience,
                                  .emission = *std::move(emission),
                                  .emit_every = *emitting,
                                  .format = format,
                                  .glyphs = read_glyphs(arguments),
                                  .paint = Paint(*when, STDOUT_FILENO)}] { return WatchSession(settings).run(); });
}

} // namespace

Command watch_command() {
    return {
        .name = "watch",
        .summary = "show how the backfill goes on, and when it will be done",
        .description =
            "Measures every --interval and shows on a terminal how much is done, how fast, and about when the rest "
            "will be. Ctrl-C ends it, and leaves the last state on the screen. Elsewhere it prints a line for each "
            "measurement, and on stderr since when measuring fails and when it works again. A failure does not end "
            "it, unless it is that of the first measurement.\n\n"
            "The time that is left is estimated from the rate at which the backfill gains on what is missing, as long "
            "as that rate holds; in brackets is what it may well be, judging by how the rate has varied. New "
            "documents without the field count against it. When nothing has been filled lately there is no "
            "estimate, but the reason.",
        .options = Options{&interval, &until_done, &give_up_after, &emit_every, &options::json} + emission_options() +
                   backfill_options() + store_options(),
        .examples = {{"until Ctrl-C", "backfill-health watch"},
                     {"in a script that goes on when the backfill is done",
                      "backfill-health watch --until-done --give-up-after 2h"},
                     {"with a snapshot for the trend every five minutes",
                      "backfill-health watch --until-done --emit-every 5m"}},
        .exits =
            {{done, "--until-done: nothing is missing"},
             {check, "--give-up-after: something is still missing"},
             {usage, "wrong usage or settings"},
             {failed, "the first measurement failed, or none succeeded when it gave up"},
             {interrupted,
              "Ctrl-C; other signals: 128 and their number, also SIGPIPE (141) when nobody reads stdout any more"}},
        .endless = true,
        .setup = setup};
}

} // namespace cli
