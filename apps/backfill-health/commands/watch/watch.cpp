#include <cli/appearance.hpp>
#include <cli/options.hpp>
#include <commands/commands.hpp>
#include <commands/emission.hpp>
#include <commands/measurement.hpp>
#include <commands/watch/view.hpp>
#include <terminal/signals.hpp>
#include <terminal/terminal.hpp>

#include <fmt/format.h>

#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <thread>
#include <unistd.h>

namespace cli {

namespace {

using namespace std::chrono_literals;
using health::Clock;
using health::Deadline;
using health::Snapshot;
using std::chrono::milliseconds;

const Option interval{"interval", "TIME", "", "5s", "time between measurements"};
const Option until_done{"until-done", "", "", "", "end with 0 when nothing is missing"};
const Option give_up_after{"give-up-after", "TIME", "", "", "with --until-done: end with 1 when it takes longer"};
const Option emit_every{"emit-every", "TIME", "", "", "store a snapshot in the health index every so long"};

enum class Form { screen, lines, json };

struct Wish {
    health::Backfill backfill;
    std::shared_ptr<health::Store> store;
    milliseconds timeout{};
    milliseconds interval{};
    bool until_done = false;
    std::optional<milliseconds> give_up_after;
    Emission emission;
    std::optional<milliseconds> emit_every;
    Form form = Form::lines;
    health::Glyphs glyphs = health::Glyphs::ascii;
    Paint paint;
};

/// A measurement, and what came of storing it where it was to be stored.
struct News {
    Clock::time_point at;
    Result<Snapshot> snapshot;
    std::optional<Result<void>> emitted{};
};

/// Measures in a thread of its own, so that a silent engine holds nothing else up.
class Observer {
public:
    Observer(const Wish& wish, const Events& events)
        : wish_(wish), events_(events), thread_([this](const std::stop_token& stop) { run(stop); }) {}

    std::deque<News> take() {
        const std::scoped_lock lock(mutex_);
        return std::exchange(news_, {});
    }

private:
    void run(const std::stop_token& stop) {
        std::mutex own;
        std::unique_lock lock(own);
        std::condition_variable_any never;
        while (!stop.stop_requested()) {
            const auto begun = Clock::now();
            News news = look(stop);
            const bool done = news.snapshot && verdict(*news.snapshot) == health::Verdict::ok;
            {
                const std::scoped_lock told(mutex_);
                news_.push_back(std::move(news));
            }
            events_.tell();
            if (done && wish_.until_done)
                return;
            never.wait_until(lock, stop, begun + wish_.interval, [] { return false; });
        }
    }

    News look(const std::stop_token& stop) {
        auto snapshot = wish_.store->measure({&wish_.backfill, 1}, Deadline::after(wish_.timeout, stop)).front();
        News out{.at = Clock::now(), .snapshot = std::move(snapshot)};
        if (!out.snapshot || !wish_.emit_every)
            return out;
        const bool last = wish_.until_done && verdict(*out.snapshot) == health::Verdict::ok;
        if (emitted_ && !last && out.at - *emitted_ < *wish_.emit_every)
            return out;
        emitted_ = out.at;
        const auto document =
            wish_.emission.emit(*wish_.store, wish_.backfill, *out.snapshot, Deadline::after(wish_.timeout, stop));
        out.emitted = document ? Result<void>{} : document.error();
        return out;
    }

    const Wish& wish_;
    const Events& events_;
    std::optional<Clock::time_point> emitted_;
    std::mutex mutex_;
    std::deque<News> news_;
    std::jthread thread_; ///< last: it uses all the others
};

/// On a terminal a picture of the state, elsewhere a line for each measurement.
class Display {
public:
    explicit Display(const Wish& wish) : wish_(wish), canvas_(wish.paint) {}
    Display(const Display&) = delete;
    Display& operator=(const Display&) = delete;
    ~Display() { leave(); }

    void leave() { static_cast<void>(print(canvas_.leave())); }

    Result<void> refresh(const WatchState& state) {
        if (wish_.form != Form::screen || is_quiet())
            return {};
        const Size size = terminal_size(STDOUT_FILENO);
        constexpr std::size_t narrowest = 10;
        return print(canvas_.draw(draw_watch(state, now(), std::max(size.columns, narrowest), wish_.glyphs), size));
    }

    Result<void> add(const WatchState& state) const {
        if (wish_.form == Form::screen)
            return {};
        return print(wish_.form == Form::json ? watch_json(state, now()) : watch_line(state, now()));
    }

    /// Where there is no picture that shows it.
    void tell(const std::string& what) const {
        if (wish_.form != Form::screen || is_quiet())
            complain(what);
    }

    static Now now() { return {.steady = Clock::now(), .wall = health::now_in_seconds()}; }

private:
    const Wish& wish_;
    Canvas canvas_;
};

template <class T>
std::optional<Error> error_of(const Result<T>& result) {
    return result ? std::nullopt : std::optional(result.error());
}

/// Begins, goes on, or ends; what is new of it is told.
void note(std::optional<Trouble>& trouble, const std::optional<Error>& error, std::string_view well,
          const Display& display) {
    if (!error) {
        if (trouble)
            display.tell(std::string(well));
        trouble.reset();
        return;
    }
    std::string what = health::one_line(*error);
    if (!trouble)
        display.tell(what);
    trouble = {.what = std::move(what), .since = trouble ? trouble->since : health::now_in_seconds()};
}

class Watch {
public:
    explicit Watch(const Wish& wish) : wish_(wish), display_(wish), state_{.backfill = wish.backfill} {}

    ExitStatus run() {
        const auto begun = Clock::now();
        Observer observer(wish_, events_);
        for (;;) {
            if (const auto drawn = display_.refresh(state_); !drawn)
                return report(drawn.error());
            const auto signal = events_.wait(until_next_look(begun));
            if (signal == SIGTSTP)
                pause();
            else if (signal && *signal != SIGWINCH)
                return static_cast<ExitStatus>(128 + *signal);
            for (const News& news : observer.take())
                if (const auto end = hear(news))
                    return *end;
            if (wish_.give_up_after && Clock::now() - begun >= *wish_.give_up_after)
                return give_up();
        }
    }

private:
    /// The picture has a clock; without one there is nothing to do until there are news.
    [[nodiscard]] milliseconds until_next_look(Clock::time_point begun) const {
        milliseconds out = wish_.form == Form::screen ? 1000ms : 3600s;
        if (wish_.give_up_after)
            out = std::min(out, std::chrono::ceil<milliseconds>(*wish_.give_up_after - (Clock::now() - begun)));
        return out;
    }

    /// Ctrl-Z, until somebody says fg: the shell gets its cursor back meanwhile.
    void pause() {
        display_.leave();
        static_cast<void>(std::raise(SIGSTOP));
    }

    std::optional<ExitStatus> hear(const News& news) {
        const auto& [at, snapshot, emitted] = news;
        if (!snapshot && !state_.snapshot)
            return report(snapshot.error()); // nothing has been seen yet: wrong settings look like that
        note(state_.measuring, error_of(snapshot), "measuring works again", display_);
        if (emitted)
            note(state_.emitting, error_of(*emitted), "storing works again", display_);
        if (!snapshot)
            return std::nullopt;
        const bool was_empty = std::exchange(empty_, snapshot->missing + snapshot->present == 0);
        if (empty_ && !was_empty)
            display_.tell(
                fmt::format("no document matches {} in {}", describe_population(wish_.backfill), wish_.backfill.index));
        state_.snapshot = *snapshot;
        state_.progress.add(at, snapshot->missing);
        if (const auto added = display_.add(state_); !added)
            return report(added.error());
        if (!wish_.until_done || verdict(*snapshot) != health::Verdict::ok)
            return std::nullopt;
        if (const auto drawn = display_.refresh(state_); !drawn)
            return report(drawn.error());
        return done;
    }

    ExitStatus give_up() {
        const std::string time = health::to_string(*wish_.give_up_after);
        if (!state_.snapshot || state_.measuring) {
            complain(fmt::format("gave up after {}: {}", time,
                                 state_.measuring ? state_.measuring->what : "the first measurement has not ended"));
            return failed;
        }
        complain(fmt::format("gave up after {}: {} of {} are missing {}", time, state_.snapshot->missing,
                             wish_.backfill.index, wish_.backfill.field_label));
        return check;
    }

    Events events_; ///< first: it must be there before the threads
    const Wish& wish_;
    Display display_;
    WatchState state_;
    bool empty_ = false; ///< the population
};

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
    const Form form = arguments.has(options::json)            ? Form::json
                      : is_terminal(STDOUT_FILENO, arguments) ? Form::screen
                                                              : Form::lines;
    return Action([wish = Wish{.backfill = *std::move(backfill),
                               .store = *std::move(store),
                               .timeout = *timeout,
                               .interval = *every,
                               .until_done = arguments.has(until_done),
                               .give_up_after = *patience,
                               .emission = *std::move(emission),
                               .emit_every = *emitting,
                               .form = form,
                               .glyphs = read_glyphs(arguments),
                               .paint = Paint(*when, STDOUT_FILENO)}] { return Watch(wish).run(); });
}

} // namespace

Command watch_command() {
    return {.name = "watch",
            .summary = "show how the backfill goes on, and when it will be done",
            .description =
                "Measures every --interval and shows on a terminal how much is done, how fast, and about when the rest "
                "will be. Ctrl-C ends it, and leaves the last state on the screen. Elsewhere it prints a line for each "
                "measurement. What goes wrong is shown with its time, and does not end it, unless it is the first "
                "measurement.\n\n"
                "The time that is left is estimated from the mean rate since the first change, without the pauses; in "
                "brackets is what it may well be, judging by how the rate has varied.",
            .options = Options{&interval, &until_done, &give_up_after, &emit_every, &options::json} +
                       emission_options() + backfill_options() + store_options(),
            .examples = {{"until Ctrl-C", "backfill-health watch"},
                         {"in a script that goes on when the backfill is done",
                          "backfill-health watch --until-done --give-up-after 2h"},
                         {"with a snapshot for the trend every five minutes",
                          "backfill-health watch --until-done --emit-every 5m"}},
            .exits = {{done, "--until-done: nothing is missing"},
                      {check, "--give-up-after: something is still missing"},
                      {usage, "wrong usage or settings"},
                      {failed, "the first measurement failed, or none succeeded when it gave up"},
                      {interrupted, "Ctrl-C; other signals: 128 and their number"}},
            .endless = true,
            .setup = setup};
}

} // namespace cli
