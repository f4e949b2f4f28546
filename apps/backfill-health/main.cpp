#include <base/url.hpp>
#include <cli/run.hpp>
#include <commands/commands.hpp>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <malloc.h>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace {

std::optional<std::string> environment(const std::string& name) {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

/// Everybody on the machine can read the command line of a process, and a URL in it may hold a password.
void hide_url_credentials(char* word) {
    if (const auto secret = health::user_information(word))
        std::memset(word + (secret->data() - word), '*', secret->size());
}

} // namespace

int main(int argc, char** argv) {
    // A closed pipe and a file that may not grow are errors of write(2), reported like any other.
    std::signal(SIGPIPE, SIG_IGN);
    std::signal(SIGXFSZ, SIG_IGN);
    // Two threads need no arenas of their own, and can then reuse what the other has freed.
    mallopt(M_ARENA_MAX, 1);
    // Large buffers go back to the system: the threshold would otherwise grow with the first one.
    mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    const std::vector<std::string> words(argv + 1, argv + argc);
    for (int i = 1; i < argc; ++i)
        hide_url_credentials(argv[i]);
    return cli::run(cli::all_commands(), words, environment);
}
