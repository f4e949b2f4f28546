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
/// For which a file must have been left alone where there are no leases.
constexpr std::chrono::nanoseconds settling_without_lease = std::chrono::seconds(2);
/// The same for a file that was written in place: whoever opens it for each line has it closed in between.
constexpr std::chrono::nanoseconds settling_in_place = std::chrono::milliseconds(500);

/// What changes when somebody writes to the file, or puts another in its place.
struct Version {
    dev_t device = 0;
    ino_t inode = 0;
    off_t size = 0;
    std::chrono::nanoseconds modified{};

    bool operator==(const Version&) const = default;
};

struct FileState {
    Version version;
    bool open_for_writing;             ///< as far as is known
    std::chrono::nanoseconds settling; ///< for which it must have been left alone
};

std::chrono::nanoseconds nanoseconds_of(const timespec& time) {
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

/// None where there are no leases.
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

FileResult<FileState> state_of(const std::filesystem::path& path) {
    const auto file = open_file(path, O_RDONLY | O_NONBLOCK);
    if (!file)
        return file.error();
    const auto writing = is_open_for_writing(*file);
    struct stat status{};
    if (::fstat(file->get(), &status) != 0)
        return std::error_code(errno, std::generic_category());
    if (!S_ISREG(status.st_mode))
        return std::make_error_code(std::errc::invalid_argument);
    const auto modified = nanoseconds_of(status.st_mtim);
    // A rename changes the time of the inode, too: the file was finished before.
    const bool moved = nanoseconds_of(status.st_ctim) > modified;
    return FileState{
        .version = {.device = status.st_dev, .inode = status.st_ino, .size = status.st_size, .modified = modified},
        .open_for_writing = writing.value_or(false),
        .settling = !writing ? settling_without_lease
                    : moved  ? std::chrono::nanoseconds(0)
                             : settling_in_place};
}

/// Watches a file until it has settled.
class Settling {
public:
    [[nodiscard]] bool has_settled(const FileState& state) {
        if (state.version != version_) {
            version_ = state.version;
            since_ = Clock::now();
        }
        if (state.open_for_writing)
            return false;
        // Its times are those of another clock where it lies on another machine.
        const auto age = std::chrono::system_clock::now().time_since_epoch() - state.version.modified;
        return age >= state.settling || Clock::now() - since_ >= state.settling;
    }

private:
    Version version_;
    Clock::time_point since_;
};

} // namespace

Result<void> read_settled(const std::filesystem::path& path, const Deadline& deadline,
                          const std::function<Result<void>()>& read) {
    for (Settling settling;;) {
        const auto before = state_of(path);
        if (!before)
            return read(); // for its error message
        if (settling.has_settled(*before)) {
            const auto done = read();
            const auto after = state_of(path);
            if (after && after->version == before->version && !after->open_for_writing)
                return done;
        }
        if (deadline.remaining() <= time_between_attempts || !wait_for(deadline.stop, time_between_attempts))
            return Error{ErrorKind::partial,
                         fmt::format("{} {}", printable(path.native()),
                                     before->open_for_writing ? "is being written" : "may still be written to"),
                         "write to another name and mv it into place"};
    }
}

} // namespace health::ndjson
