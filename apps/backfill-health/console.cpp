#include "console.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <string>
#include <unistd.h>

namespace cli {

namespace {

bool write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return false;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

} // namespace

health::Result<void> print(std::string_view text) {
    if (write_all(STDOUT_FILENO, text))
        return {};
    return health::Error{health::ErrorKind::rejected,
                         fmt::format("cannot write the result to stdout: {}", std::strerror(errno)), ""};
}

void complain(std::string_view text) {
    // Nothing can be said of a stderr that does not work.
    write_all(STDERR_FILENO, fmt::format("backfill-health: {}\n",
                                         health::one_line({health::ErrorKind::rejected, std::string(text), ""})));
}

ExitStatus report(const health::Error& error) {
    write_all(STDERR_FILENO, fmt::format("backfill-health: {}\n", health::one_line(error)));
    return error.kind == health::ErrorKind::usage ? usage : failed;
}

} // namespace cli
