#include <base/files.hpp>

#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace health {

namespace {

std::error_code last_error() {
    return {errno, std::generic_category()};
}

} // namespace

Descriptor::~Descriptor() {
    if (number_ >= 0)
        ::close(number_);
}

FileResult<Descriptor> open_file(const std::filesystem::path& path, int flags, mode_t mode) {
    Descriptor file(::open(path.c_str(), flags | O_CLOEXEC, mode));
    if (!file)
        return last_error();
    return file;
}

bool is_regular_file(const Descriptor& file) {
    struct stat status = {};
    return ::fstat(file.get(), &status) == 0 && S_ISREG(status.st_mode);
}

FileResult<std::string> read_to_end(const Descriptor& file, std::size_t limit) {
    std::string text;
    std::array<char, 16384> chunk; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by the read
    for (;;) {
        const ssize_t size = ::read(file.get(), chunk.data(), chunk.size());
        if (size < 0 && errno == EINTR)
            continue;
        if (size < 0)
            return last_error();
        if (size == 0)
            return text;
        text.append(chunk.data(), static_cast<std::size_t>(size));
        if (text.size() > limit)
            return std::make_error_code(std::errc::file_too_large);
    }
}

FileResult<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
    const auto file = open_file(path, O_RDONLY);
    return file ? read_to_end(*file, limit) : file.error();
}

std::error_code write_all(int descriptor, std::string_view text) {
    while (!text.empty()) {
        const ssize_t written = ::write(descriptor, text.data(), text.size());
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return written < 0 ? last_error() : std::make_error_code(std::errc::io_error);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

std::error_code write_synced(const Descriptor& file, std::string_view text) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0)
        return last_error();
    // Where the file size is limited (setrlimit(2)), writing the rest would raise SIGXFSZ.
    if (written < static_cast<ssize_t>(text.size()))
        return std::make_error_code(std::errc::no_space_on_device);
    return ::fsync(file.get()) == 0 ? std::error_code{} : last_error();
}

std::error_code sync_folder(const std::filesystem::path& folder) {
    const auto opened = open_file(folder, O_RDONLY | O_DIRECTORY);
    if (!opened)
        return opened.error();
    return ::fsync(opened->get()) == 0 ? std::error_code{} : last_error();
}

Result<void> replace_file(const std::filesystem::path& path, std::string_view text, mode_t mode) {
    // Unique to this process, and without the extension of the file: nobody who lists the folder takes it for one.
    const std::filesystem::path unfinished =
        path.parent_path() / fmt::format(".{}.{}", path.filename().native(), ::getpid());
    const auto file = open_file(unfinished, O_WRONLY | O_CREAT | O_TRUNC, mode);
    if (!file)
        return file_error("cannot create", unfinished, file.error());
    Result<void> done;
    if (const auto failure = write_synced(*file, text))
        done = file_error("cannot write", unfinished, failure);
    else if (::rename(unfinished.c_str(), path.c_str()) != 0)
        done = file_error("cannot create", path, last_error());
    if (!done)
        ::unlink(unfinished.c_str());
    return done;
}

Error file_error(std::string_view action, const std::filesystem::path& path, std::error_code failure, ErrorKind kind) {
    return {kind, fmt::format("{} {}: {}", action, path.native(), failure.message()), ""};
}

} // namespace health
