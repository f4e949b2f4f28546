#include <commands/verification/conversation.hpp>

#include <base/deadline.hpp>
#include <base/printable.hpp>
#include <commands/verification/child.hpp>
#include <store/remedy.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace cli::verification {

namespace {

using health::Clock;
using health::Error;
using health::ErrorKind;
using health::Result;

/// One conversation. Neither side ever waits for the other: what cannot be written or read now is left for later.
class ConversationRun {
public:
    ConversationRun(const Conversation& conversation, Child& child) : conversation_(conversation), child_(child) {}

    Result<std::size_t> run() {
        while (!output_ended_ || !child_.status()) {
            if (const auto filled = fill(); !filled)
                return filled.error();
            // While this process is stopped the pipes may fill: it is not the command that was idle then.
            const auto before_looking = Clock::now();
            wait();
            write();
            if (const auto received = read(); !received)
                return received.error();
            const bool ended = output_ended_ && child_.status();
            if (!ended && before_looking >= progress_ + conversation_.idle_timeout)
                return timed_out();
        }
        if (const int status = *child_.status(); status != 0)
            return Error{ErrorKind::rejected, fmt::format("{} ended with {}", named(), describe_status(status)), ""};
        // It may have ended before it could be told that there is no more, or without asking for it.
        if (const auto filled = fill(); !filled)
            return filled.error();
        if (stopped_reading_ || child_.input() >= 0)
            return Error{ErrorKind::bad_response, fmt::format("{} ended before it had read all documents", named()),
                         ""};
        return lines_;
    }

private:
    [[nodiscard]] std::string named() const {
        constexpr std::size_t longest_shown = 60;
        return fmt::format("the command \"{}\"", health::printable(conversation_.command, longest_shown));
    }

    /// Gets what is to be written next; after the last of it, the command's input ends.
    Result<void> fill() {
        if (child_.input() < 0 || !unwritten_.empty())
            return {};
        auto next = conversation_.next_input();
        if (!next)
            return next.error();
        progress_ = Clock::now(); // the time that it took is not the command's
        if (*next) {
            text_ = **std::move(next);
            unwritten_ = text_;
        } else {
            child_.close_input();
        }
        return {};
    }

    void wait() const {
        // poll(2) does not report that the command has ended while a process that it left behind holds its pipes open.
        constexpr std::chrono::milliseconds at_most(20);
        std::array<pollfd, 2> events{{{.fd = output_ended_ ? -1 : child_.output(), .events = POLLIN, .revents = 0},
                                      {.fd = child_.input(), .events = POLLOUT, .revents = 0}}};
        ::poll(events.data(), events.size(), static_cast<int>(at_most.count()));
    }

    void write() {
        while (child_.input() >= 0 && !unwritten_.empty()) {
            const ssize_t written = ::write(child_.input(), unwritten_.data(), unwritten_.size());
            if (written < 0 && errno == EPIPE) {
                stopped_reading_ = true;
                unwritten_ = {};
                child_.close_input();
            }
            if (written <= 0)
                return;
            progress_ = Clock::now();
            unwritten_.remove_prefix(static_cast<std::size_t>(written));
        }
    }

    /// Everything that can be read now.
    Result<void> read() {
        std::array<char, std::size_t{64} << 10U> buffer{};
        const bool had_ended = child_.status().has_value();
        for (;;) {
            const ssize_t got = output_ended_ ? 0 : ::read(child_.output(), buffer.data(), buffer.size());
            if (got < 0 && errno == EINTR)
                continue;
            if (got > 0) {
                if (const auto taken = take({buffer.data(), static_cast<std::size_t>(got)}); !taken)
                    return taken;
                progress_ = Clock::now(); // the time that it took is not the command's
                continue;
            }
            // Its end may come from the command, or, when that has ended, from all that it had printed having been
            // read.
            if (!output_ended_ && (got == 0 || errno != EAGAIN || had_ended)) {
                output_ended_ = true;
                if (const auto taken = line_.empty() ? Result<void>() : end_line(); !taken)
                    return taken;
                progress_ = Clock::now();
            }
            return {};
        }
    }

    Result<void> take(std::string_view text) {
        while (!text.empty()) {
            const std::size_t end = text.find('\n');
            line_ += text.substr(0, end);
            if (line_.size() > longest_line)
                return Error{
                    ErrorKind::bad_response,
                    fmt::format("line {} of {} is longer than {} MiB", lines_ + 1, named(), longest_line >> 20U), ""};
            if (end == std::string_view::npos)
                return {};
            text.remove_prefix(end + 1);
            if (const auto ended = end_line(); !ended)
                return ended;
        }
        return {};
    }

    Result<void> end_line() {
        const auto taken = conversation_.on_line(++lines_, line_);
        line_.clear();
        return taken;
    }

    [[nodiscard]] Error timed_out() const {
        const auto seconds = std::chrono::duration<double>(conversation_.idle_timeout).count();
        const std::string_view what = child_.input() >= 0 ? "has neither read nor printed anything"
                                      : output_ended_     ? "has not exited since its output ended"
                                                          : "has printed nothing after the end of its input";
        return {ErrorKind::timeout, fmt::format("{} {} for {:g} s", named(), what, seconds),
                health::Remedy::raise_timeout};
    }

    const Conversation& conversation_;
    Child& child_;
    std::string text_{};
    std::string_view unwritten_{}; ///< of the text
    std::string line_{};           ///< that has not ended yet
    std::size_t lines_ = 0;
    bool output_ended_ = false;
    bool stopped_reading_ = false;
    Clock::time_point progress_ = Clock::now();
};

} // namespace

Result<std::size_t> run_conversation(const Conversation& conversation) {
    auto child = Child::start(conversation.command, conversation.environment);
    if (!child)
        return child.error();
    return ConversationRun(conversation, *child).run();
}

} // namespace cli::verification
