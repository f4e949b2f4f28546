#include <commands/verification/child.hpp>

#include <base/secrets.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace cli::verification {

namespace {

using health::Descriptor;
using health::Error;
using health::ErrorKind;
using health::Result;

constexpr std::array fatal_signals{SIGINT, SIGTERM, SIGHUP};

/// The group that a signal handler kills: 0 when there is none.
std::atomic<pid_t> current_group = 0;
static_assert(std::atomic<pid_t>::is_always_lock_free); // a handler may use it

/// Ends the group, then this process as if it had never handled the signal.
void end_with_group(int signal) {
    if (const pid_t group = current_group; group > 0)
        ::kill(-group, SIGTERM);
    std::signal(signal, SIG_DFL);
    std::raise(signal);
}

/// A signal that is ignored stays so, as nohup wants it.
void handle_signals(void (*handler)(int)) {
    for (const int signal : fatal_signals) {
        struct sigaction action{};
        if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN)
            continue;
        action = {};
        action.sa_handler = handler;
        ::sigaction(signal, &action, nullptr);
    }
}

Error system_error(std::string_view what, int number) {
    return {ErrorKind::rejected, fmt::format("{}: {}", what, std::strerror(number)), ""};
}

/// Holds signals back, so that none arrives before the command's process group is recorded.
class SignalsBlocked {
public:
    SignalsBlocked() {
        sigset_t set;
        ::sigemptyset(&set);
        for (const int signal : fatal_signals)
            ::sigaddset(&set, signal);
        ::pthread_sigmask(SIG_BLOCK, &set, &before_);
    }
    SignalsBlocked(const SignalsBlocked&) = delete;
    SignalsBlocked& operator=(const SignalsBlocked&) = delete;
    ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

struct Pipe {
    Descriptor read;
    Descriptor write;
};

/// Not inherited by others, and not among the standard streams, where one of them is closed.
Result<Pipe> make_pipe() {
    constexpr int first_free = 3;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        return system_error("cannot create a pipe", errno);
    const Descriptor read(ends[0]);
    const Descriptor write(ends[1]);
    Pipe out{.read = Descriptor(::fcntl(read.get(), F_DUPFD_CLOEXEC, first_free)),
             .write = Descriptor(::fcntl(write.get(), F_DUPFD_CLOEXEC, first_free))};
    if (!out.read || !out.write)
        return system_error("cannot create a pipe", errno);
    return out;
}

void set_nonblocking(const Descriptor& descriptor) {
    ::fcntl(descriptor.get(), F_SETFL, ::fcntl(descriptor.get(), F_GETFL) | O_NONBLOCK);
}

/// What posix_spawn(3) needs to know, besides the command.
class Instructions {
public:
    Instructions(int input, int output) {
        constexpr int after_standard_streams = 3;
        ::posix_spawn_file_actions_init(&actions_);
        ::posix_spawn_file_actions_adddup2(&actions_, input, STDIN_FILENO);
        ::posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
        // A connection on which we have authenticated is a credential, too.
        ::posix_spawn_file_actions_addclosefrom_np(&actions_, after_standard_streams);
        ::posix_spawnattr_init(&attributes_);
        sigset_t set;
        ::sigemptyset(&set);
        ::posix_spawnattr_setsigmask(&attributes_, &set);
        for (const int ignored_here : {SIGPIPE, SIGXFSZ})
            ::sigaddset(&set, ignored_here);
        ::posix_spawnattr_setsigdefault(&attributes_, &set);
        ::posix_spawnattr_setpgroup(&attributes_, 0);
        ::posix_spawnattr_setflags(&attributes_,
                                   POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    }
    Instructions(const Instructions&) = delete;
    Instructions& operator=(const Instructions&) = delete;
    ~Instructions() {
        ::posix_spawn_file_actions_destroy(&actions_);
        ::posix_spawnattr_destroy(&attributes_);
    }

    [[nodiscard]] const posix_spawn_file_actions_t* actions() const { return &actions_; }
    [[nodiscard]] const posix_spawnattr_t* attributes() const { return &attributes_; }

private:
    posix_spawn_file_actions_t actions_{};
    posix_spawnattr_t attributes_{};
};

/// For functions of the system that want char*, and change nothing.
std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts)
        out.push_back(text.data());
    out.push_back(nullptr);
    return out;
}

} // namespace

std::vector<std::string> environment_without_secrets() {
    constexpr std::array<std::string_view, 2> of_connections{"ES_", "KIBANA_"};
    std::vector<std::string> out;
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
        const std::string_view text = *variable;
        const auto is_of_connections = [&](std::string_view prefix) { return text.starts_with(prefix); };
        if (!std::ranges::any_of(of_connections, is_of_connections) && health::redact(text) == text)
            out.emplace_back(text);
    }
    return out;
}

Result<Child> Child::start(const std::string& command, const std::vector<std::string>& environment) {
    auto input = make_pipe();
    auto output = make_pipe();
    if (!input || !output)
        return input ? output.error() : input.error();
    const Instructions instructions(input->read.get(), output->write.get());
    std::vector<std::string> words{"sh", "-c", command};
    std::vector<std::string> variables = environment;
    const SignalsBlocked blocked;
    handle_signals(end_with_group);
    pid_t process = -1;
    const int failure = ::posix_spawn(&process, "/bin/sh", instructions.actions(), instructions.attributes(),
                                      pointers_to(words).data(), pointers_to(variables).data());
    if (failure != 0) {
        handle_signals(SIG_DFL);
        return system_error("cannot run /bin/sh", failure);
    }
    current_group = process;
    return Child(process, std::move(input->write), std::move(output->read));
}

Child::Child(pid_t process, Descriptor input, Descriptor output)
    : process_(process), input_(std::move(input)), output_(std::move(output)) {
    set_nonblocking(input_);
    set_nonblocking(output_);
}

Child::Child(Child&& other) noexcept
    : process_(std::exchange(other.process_, -1)), input_(std::move(other.input_)), output_(std::move(other.output_)),
      status_(other.status_) {}

Child::~Child() {
    if (process_ < 0)
        return;
    if (!status_) {
        ::kill(-process_, SIGKILL);
        current_group = 0; // once it is reaped, the number may be another one's
        while (::waitpid(process_, nullptr, 0) < 0 && errno == EINTR)
            ;
    }
    current_group = 0;
    handle_signals(SIG_DFL);
}

std::optional<int> Child::status() {
    siginfo_t ended{};
    if (status_ || ::waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
        ended.si_pid == 0)
        return status_;
    ::kill(-process_, SIGKILL); // before it is reaped: the group's number is still its own
    current_group = 0;
    int status = 0;
    ::waitpid(process_, &status, 0);
    status_ = status;
    return status_;
}

std::string describe_status(int status) {
    if (WIFSIGNALED(status))
        return fmt::format("signal {} ({})", WTERMSIG(status), ::strsignal(WTERMSIG(status)));
    return fmt::format("exit status {}", WEXITSTATUS(status));
}

} // namespace cli::verification
