#pragma once

#include <base/error.hpp>
#include <base/files.hpp>

#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace cli::verification {

/// The environment of this process without what belongs to the connection to Elasticsearch and Kibana, and without
/// every variable whose value contains a secret that is known: `NAME=value` each.
std::vector<std::string> environment_without_secrets();

/// A command that /bin/sh runs with a pipe at its stdin and another at its stdout, in a process group of its own. Its
/// stderr is ours. When it is destroyed, the group is killed, and so it is by a signal that ends this process (SIGINT,
/// SIGTERM, SIGHUP). There may be one at a time.
class Child {
public:
    static health::Result<Child> start(const std::string& command, const std::vector<std::string>& environment);

    Child(Child&& other) noexcept;
    Child& operator=(Child&&) = delete;
    ~Child();

    /// Both never block. The input is invalid once it was closed.
    [[nodiscard]] int input() const { return input_.get(); }
    [[nodiscard]] int output() const { return output_.get(); }
    void close_input() { input_ = {}; }

    /// How the command's shell has ended, as of waitpid(2), after which the rest of its group is killed; none while it
    /// runs.
    std::optional<int> status();

private:
    Child(pid_t process, health::Descriptor input, health::Descriptor output);

    pid_t process_ = -1; ///< also the group; -1: it is somebody else's
    health::Descriptor input_;
    health::Descriptor output_;
    std::optional<int> status_{};
};

/// "exit status 3", "signal 9 (Killed)".
std::string describe_status(int status);

} // namespace cli::verification
