#include <ndjson/file.hpp>

#include <store/remedy.hpp>

#include <fmt/format.h>

#include <cerrno>
#include <fcntl.h>

namespace health::ndjson {

namespace {

constexpr mode_t mode_before_umask = 0666;

ErrorKind kind_of(std::error_code failure) {
    if (failure == std::errc::no_such_file_or_directory)
        return ErrorKind::index_missing;
    if (failure == std::errc::permission_denied || failure == std::errc::operation_not_permitted)
        return ErrorKind::unauthorized;
    return ErrorKind::rejected;
}

Hint hint_for(ErrorKind kind) {
    switch (kind) {
    case ErrorKind::index_missing:
        return Remedy::check_folder;
    case ErrorKind::unauthorized:
        return "check the owner and the mode of the file and its folder";
    default:
        return "";
    }
}

} // namespace

Error access_error(std::string_view action, const std::filesystem::path& path, std::error_code failure) {
    const ErrorKind kind = kind_of(failure);
    return with_hint(file_error(action, path, failure, kind), hint_for(kind));
}

Error access_error(std::string_view action, const std::filesystem::path& path) {
    return access_error(action, path, std::error_code(errno, std::generic_category()));
}

Result<Descriptor> open_regular_file(const std::filesystem::path& path, int flags, std::string_view action) {
    // Without O_NONBLOCK a FIFO would keep us waiting for a writer; for regular files it has no effect.
    auto file = open_file(path, flags | O_NONBLOCK, mode_before_umask);
    if (!file)
        return access_error(action, path, file.error());
    if (!is_regular_file(*file))
        return Error{ErrorKind::rejected, fmt::format("{} {}: not a regular file", action, path.native()), ""};
    return *std::move(file);
}

} // namespace health::ndjson
