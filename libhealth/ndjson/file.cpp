#include <ndjson/file.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

namespace health::ndjson {

namespace {

constexpr mode_t less_the_umask = 0666;

ErrorKind kind_of(int number) {
    switch (number) {
    case ENOENT:
        return ErrorKind::index_missing;
    case EACCES:
    case EPERM:
        return ErrorKind::unauthorized;
    default:
        return ErrorKind::rejected;
    }
}

std::string_view hint_for(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::index_missing:
        return "check the folder in ES_URL";
    case ErrorKind::unauthorized:
        return "check the owner and the mode of the file and its folder";
    default:
        return "";
    }
}

} // namespace

File::~File() {
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

Error file_error(int number, std::string_view tried, const std::filesystem::path& path) {
    const ErrorKind kind = kind_of(number);
    return {kind, fmt::format("{} {}: {}", tried, path.native(), std::generic_category().message(number)),
            std::string(hint_for(kind))};
}

Result<File> open_file(const std::filesystem::path& path, int flags, std::string_view tried) {
    // Without O_NONBLOCK a FIFO would keep us waiting for a writer; regular files do not mind it.
    File file(::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, less_the_umask));
    if (file.descriptor() < 0)
        return file_error(errno, tried, path);
    struct stat status = {};
    if (::fstat(file.descriptor(), &status) != 0)
        return file_error(errno, tried, path);
    if (!S_ISREG(status.st_mode))
        return Error{ErrorKind::rejected, fmt::format("{} {}: not a regular file", tried, path.native()), ""};
    return file;
}

Result<void> sync_folder(const std::filesystem::path& folder) {
    const File opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.descriptor() < 0 || ::fsync(opened.descriptor()) != 0)
        return file_error(errno, "cannot sync", folder);
    return {};
}

} // namespace health::ndjson
