#include <terminal/console.hpp>

#include <base/files.hpp>
#include <base/printable.hpp>
#include <base/waiting.hpp>

#include <fmt/format.h>

#include <chrono>
#include <mutex>
#include <poll.h>
#include <string>
#include <thread>
#include <unistd.h>

namespace cli {

namespace {

/// A process has one stdout, one stderr, and one progress line on it.
struct Console {
    bool quiet = false;
    std::mutex mutex;
    bool waiting_line = false; ///< is on the terminal
    bool may_wait = false;     ///< nothing else has been written yet
};

Console& console() {
    static Console one;
    return one;
}

constexpr std::size_t longest_complaint = 270;      ///< bytes
constexpr std::string_view erase_line = "\r\x1b[K"; // ECMA-48, 8.3.41: erase in line

/// There is nowhere to report that stderr does not work.
void write_to_stderr(std::string_view text) {
    [[maybe_unused]] const auto failure = health::write_all(STDERR_FILENO, text);
}

std::error_code write_instead_of_waiting_line(int descriptor, std::string_view text) {
    const std::scoped_lock lock(console().mutex);
    console().may_wait = false;
    if (std::exchange(console().waiting_line, false))
        write_to_stderr(erase_line);
    return health::write_all(descriptor, text);
}

} // namespace

void set_quiet() {
    console().quiet = true;
}

bool is_quiet() {
    return console().quiet;
}

health::Result<void> print(std::string_view text) {
    return is_quiet() ? health::Result<void>{} : print_always(text);
}

health::Result<void> print_always(std::string_view text) {
    if (const auto failure = write_instead_of_waiting_line(STDOUT_FILENO, text))
        return health::Error{health::ErrorKind::rejected,
                             fmt::format("cannot write the result to stdout: {}", failure.message()), ""};
    return {};
}

bool reader_has_left(int descriptor) {
    pollfd state{.fd = descriptor, .events = 0, .revents = 0};
    return ::poll(&state, 1, 0) == 1 && (state.revents & POLLERR) != 0;
}

void complain(std::string_view text) {
    print_to_stderr(fmt::format("backfill-health: {}\n", health::printable(text, longest_complaint)));
}

void print_to_stderr(std::string_view text) {
    [[maybe_unused]] const auto failure = write_instead_of_waiting_line(STDERR_FILENO, text);
}

class ElapsedLine::Impl {
public:
    explicit Impl(std::string what)
        : what_(std::move(what)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

private:
    void run(const std::stop_token& stop) {
        using namespace std::chrono_literals;
        for (int seconds = 1; health::wait_for(stop, 1s); ++seconds) {
            const std::scoped_lock lock(console().mutex);
            if (!console().may_wait)
                return;
            console().waiting_line = true;
            write_to_stderr(fmt::format("{}{}: {} s so far; Ctrl-C stops it", erase_line, what_, seconds));
        }
    }

    std::string what_;
    std::jthread thread_;
};

ElapsedLine::ElapsedLine(std::string what) {
    console().may_wait = true;
    impl_ = std::make_unique<Impl>(std::move(what));
}

ElapsedLine::~ElapsedLine() {
    impl_.reset();
    print_to_stderr("");
}

} // namespace cli
