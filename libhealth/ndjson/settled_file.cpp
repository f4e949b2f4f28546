#include <ndjson/settled_file.hpp>

#include <base/files.hpp>
#include <base/printable.hpp>
#include <base/waiting.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <sys/stat.h>

namespace health::ndjson {

namespace {

constexpr auto time_between_attempts = std::chrono::milliseconds(100);
constexpr auto settling = std::chrono::seconds(2);

/// What changes when somebody writes to the file, or puts another in its place.
struct Version {
    dev_t device;
    ino_t inode;
    off_t size;
    std::chrono::nanoseconds modified;

    bool operator==(const Version&) const = default;
};

std::optional<bool> is_open_for_writing(const Descriptor& file) {
    // A writer that opens the file while we hold the lease waits for us to release it, which we do at once, and the
    // kernel signals us: with SIGURG, which is ignored by default, as SIGIO would end the process.
    ::fcntl(file.get(), F_SETSIG, SIGURG);
    if (::fcntl(file.get(), F_SETLEASE, F_RDLCK) == 0) {
        ::fcntl(file.get(), F_SETLEASE, F_UNLCK);
        return false;
    }
    return errno == EAGAIN ? std::optional(true) : std::nullopt;
}

/// None while somebody may be writing to the file.
FileResult<std::optional<Version>> settled_version(const std::filesystem::path& path) {
    const auto file = open_file(path, O_RDONLY | O_NONBLOCK);
    if (!file)
        return file.error();
    const auto writing = is_open_for_writing(*file);
    struct stat status{};
    if (::fstat(file->get(), &status) != 0)
        return std::error_code(errno, std::generic_category());
    if (!S_ISREG(status.st_mode))
        return std::make_error_code(std::errc::invalid_argument);
    const auto modified =
        std::chrono::seconds(status.st_mtim.tv_sec) + std::chrono::nanoseconds(status.st_mtim.tv_nsec);
    const auto age = std::chrono::system_clock::now().time_since_epoch() - modified;
    if (writing.value_or(age < settling))
        return std::optional<Version>();
    return std::optional(
        Version{.device = status.st_dev, .inode = status.st_ino, .size = status.st_size, .modified = modified});
}

} // namespace

Result<void> read_settled(const std::filesystem::path& path, const Deadline& deadline,
                          const std::function<Result<void>()>& read) {
    for (;;) {
        const auto before = settled_version(path);
        if (!before)
            return read(); // for its error message
        if (*before) {
            const auto done = read();
            const auto after = settled_version(path);
            if (after && *after == *before)
                return done;
        }
        if (deadline.remaining() <= time_between_attempts || !wait_for(deadline.stop, time_between_attempts))
            return Error{ErrorKind::partial, fmt::format("{} is being written", printable(path.native())),
                         "write to another name and mv it into place"};
    }
}

} // namespace health::ndjson
