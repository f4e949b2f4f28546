#include <ndjson/append.hpp>

#include <base/waiting.hpp>
#include <model/names.hpp>
#include <ndjson/file.hpp>
#include <ndjson/line_parser.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace health::ndjson {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t block_size = std::size_t{64} << 10;

/// The file, locked against other appends.
class LockedFile {
public:
    LockedFile(Descriptor file, const std::filesystem::path& path) : file_(std::move(file)), path_(path) {}

    /// The lock ends with the descriptor.
    Result<void> lock(const Deadline& deadline) {
        constexpr Clock::duration between_tries = 5ms;
        while (!deadline.passed()) {
            if (::flock(file_.get(), LOCK_EX | LOCK_NB) == 0)
                return read_size();
            if (errno != EWOULDBLOCK && errno != EINTR)
                return access_error("cannot lock", path_);
            wait_for(deadline.stop, std::min(between_tries, deadline.remaining()));
        }
        return Error{ErrorKind::timeout, fmt::format("waiting for the lock on {} took too long", path_.native()),
                     "another program holds it"};
    }

    /// Makes the file end with a whole line. Returns what must precede the next line: a newline, or nothing.
    Result<std::string_view> end_last_line() {
        const auto last = last_line();
        if (!last)
            return last.error();
        if (last->empty())
            return "";
        if (is_object(*last))
            return "\n";
        if (!is_our_torn_line(*last))
            return damaged_last_line();
        if (const auto cut = truncate(size_ - last->size()); !cut)
            return cut.error();
        return "";
    }

    /// Appends all of the text or nothing.
    Result<void> append(std::string_view text) {
        const auto failure = write_synced(file_, text);
        if (!failure)
            return {};
        if (const auto undone = truncate(size_); !undone)
            return undone;
        return access_error("cannot append to", path_, failure);
    }

    [[nodiscard]] bool empty() const { return size_ == 0; }

private:
    Result<void> read_size() {
        struct stat status = {};
        if (::fstat(file_.get(), &status) != 0)
            return access_error("cannot read", path_);
        size_ = static_cast<std::size_t>(status.st_size);
        return {};
    }

    Result<std::string> read(std::size_t offset, std::size_t count) const {
        std::string text(count, '\0');
        std::size_t filled = 0;
        while (filled < count) {
            const ssize_t got =
                ::pread(file_.get(), text.data() + filled, count - filled, static_cast<off_t>(offset + filled));
            if (got < 0 && errno == EINTR)
                continue;
            if (got < 0)
                return access_error("cannot read", path_);
            if (got == 0)
                return access_error("cannot read", path_, std::make_error_code(std::errc::io_error));
            filled += static_cast<std::size_t>(got);
        }
        return text;
    }

    /// What follows the last newline.
    Result<std::string> last_line() const {
        std::string line;
        for (std::size_t offset = size_; offset > 0;) {
            const std::size_t count = std::min(block_size, offset);
            offset -= count;
            auto block = read(offset, count);
            if (!block)
                return block;
            const auto newline = block->rfind('\n');
            line.insert(0, *block, newline == std::string::npos ? 0 : newline + 1);
            if (newline != std::string::npos)
                break;
        }
        return line;
    }

    static bool is_object(const std::string& line) {
        LineParser parser;
        return parser.parse(simdjson::padded_string(line)).is_object();
    }

    /// Whether the line is the beginning of a document that we write.
    static bool is_our_torn_line(std::string_view line) {
        return std::ranges::any_of(std::array{key::index, key::backfill}, [line](std::string_view first) {
            const std::string beginning = fmt::format("{{\"{}\":", first);
            return line.starts_with(beginning) || beginning.starts_with(line);
        });
    }

    Error damaged_last_line() const {
        std::size_t newlines = 0;
        for (std::size_t offset = 0; offset < size_; offset += block_size) {
            const auto block = read(offset, std::min(block_size, size_ - offset));
            if (!block)
                return block.error();
            newlines += static_cast<std::size_t>(std::ranges::count(*block, '\n'));
        }
        return {
            ErrorKind::bad_response,
            fmt::format("{}:{}: the last line has no newline and is not a JSON object", path_.native(), newlines + 1),
            "fix or remove that line"};
    }

    Result<void> truncate(std::size_t size) {
        if (::ftruncate(file_.get(), static_cast<off_t>(size)) != 0)
            return access_error("cannot truncate", path_);
        size_ = size;
        return {};
    }

    Descriptor file_;
    const std::filesystem::path& path_;
    std::size_t size_ = 0;
};

} // namespace

Result<void> append_lines(const std::filesystem::path& path, std::span<const std::string> lines,
                          const Deadline& deadline) {
    auto opened = open_regular_file(path, O_RDWR | O_CREAT | O_APPEND, "cannot append to");
    if (!opened)
        return opened.error();
    LockedFile file(std::move(*opened), path);
    if (const auto locked = file.lock(deadline); !locked)
        return locked;
    // An empty file may be new: created by us, or by a process that was killed before this point.
    if (file.empty())
        if (const auto failure = sync_folder(path.parent_path()))
            return access_error("cannot sync", path.parent_path(), failure);
    const auto separator = file.end_last_line();
    if (!separator)
        return separator.error();
    std::string text(*separator);
    for (const std::string& line : lines)
        text += line + '\n';
    return file.append(text);
}

} // namespace health::ndjson
