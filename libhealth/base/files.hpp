#pragma once

#include <base/error.hpp>

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <system_error>
#include <utility>

namespace health {

/// Owns a file descriptor: of a file, a socket, or whatever else close(2) closes.
class Descriptor {
public:
    Descriptor() = default;
    explicit Descriptor(int number) : number_(number) {}
    Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
    Descriptor& operator=(Descriptor&& other) noexcept {
        std::swap(number_, other.number_);
        return *this;
    }
    ~Descriptor();

    [[nodiscard]] int get() const { return number_; }
    explicit operator bool() const { return number_ >= 0; }

private:
    int number_ = -1;
};

/// A failure is an errno, with the message of strerror(3).
template <class T>
using FileResult = boost::system::result<T, std::error_code>;

/// Like open(2), but the descriptor is not inherited by child processes.
FileResult<Descriptor> open_file(const std::filesystem::path& path, int flags, mode_t mode = 0);

bool is_regular_file(const Descriptor& file);

/// Far larger than any file that we read whole, and far smaller than the memory of a machine.
inline constexpr std::size_t largest_whole_file = std::size_t{256} << 20U;

/// Reads to the end of the file, which may also be a pipe. Fails with EFBIG when it has more bytes than the limit.
FileResult<std::string> read_to_end(const Descriptor& file, std::size_t limit = largest_whole_file);
FileResult<std::string> read_file(const std::filesystem::path& path, std::size_t limit = largest_whole_file);

/// Writes all of the text, however often a pipe or a terminal takes only a part of it.
std::error_code write_all(int descriptor, std::string_view text);

/// Writes all of the text in one write(2), and syncs it to the disk. On failure the file may be left with a part of it,
/// as when the disk is full or the file size is limited.
std::error_code write_synced(const Descriptor& file, std::string_view text);

/// Makes the folder's entries survive a power failure.
std::error_code sync_folder(const std::filesystem::path& folder);

/// Replaces the file at the path by one with this text: by a rename, so that nobody sees half of it.
Result<void> replace_file(const std::filesystem::path& path, std::string_view text, mode_t mode);

/// "cannot open /x: No such file or directory".
Error file_error(std::string_view action, const std::filesystem::path& path, std::error_code failure,
                 ErrorKind kind = ErrorKind::rejected);

} // namespace health
