#include <base/whole_file.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace health {

Error system_error(std::string_view tried, const std::filesystem::path& path) {
    return {ErrorKind::rejected, fmt::format("cannot {} {}: {}", tried, path.native(), std::strerror(errno)), ""};
}

Result<void> write_synced(int descriptor, std::string_view text, const std::filesystem::path& path) {
    const ssize_t written = ::write(descriptor, text.data(), text.size());
    if (written == static_cast<ssize_t>(text.size()) && ::fsync(descriptor) == 0)
        return {};
    // What a full disk, a quota or a size limit lets through of a write is its beginning.
    if (written >= 0 && written < static_cast<ssize_t>(text.size()))
        errno = ENOSPC;
    return system_error("write", path);
}

Result<void> replace_file(const std::filesystem::path& path, std::string_view text, mode_t mode) {
    // Of this process alone, and hidden: who looks for files of a kind does not find it.
    const std::filesystem::path unfinished =
        path.parent_path() / fmt::format(".{}.{}", path.filename().native(), ::getpid());
    const int descriptor = ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (descriptor < 0)
        return system_error("create", unfinished);
    auto done = write_synced(descriptor, text, unfinished);
    ::close(descriptor);
    if (done && ::rename(unfinished.c_str(), path.c_str()) != 0)
        done = system_error("create", path);
    if (!done)
        ::unlink(unfinished.c_str());
    return done;
}

} // namespace health
