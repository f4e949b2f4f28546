#include <ndjson/line_reader.hpp>

#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace health::ndjson {

namespace {

constexpr std::size_t padding = simdjson::SIMDJSON_PADDING;

}

LineReader::LineReader(Descriptor file, std::filesystem::path path, std::size_t buffer_size)
    : file_(std::move(file)), path_(std::move(path)), buffer_(buffer_size + padding) {
    ::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
}

Result<std::optional<std::string_view>> LineReader::next(const Deadline& deadline) {
    for (;;) {
        const char* const start = buffer_.data() + begin_;
        const void* const newline = std::memchr(buffer_.data() + searched_, '\n', end_ - searched_);
        if (newline != nullptr || (at_end_of_file_ && begin_ < end_)) {
            const char* const stop = newline != nullptr ? static_cast<const char*>(newline) : buffer_.data() + end_;
            const std::string_view line(start, static_cast<std::size_t>(stop - start));
            begin_ = searched_ = std::min(begin_ + line.size() + 1, end_);
            ++line_number_;
            return line;
        }
        if (at_end_of_file_)
            return std::nullopt;
        searched_ = end_;
        if (const auto filled = fill(deadline); !filled)
            return filled.error();
    }
}

Result<void> LineReader::fill(const Deadline& deadline) {
    if (deadline.passed())
        return Error{ErrorKind::timeout, fmt::format("reading {} took too long", path_.native()),
                     Remedy::raise_timeout};
    if (const auto made = make_room(); !made)
        return made;
    ssize_t count = -1;
    do {
        count = ::read(file_.get(), buffer_.data() + end_, buffer_.size() - padding - end_);
    } while (count < 0 && errno == EINTR);
    if (count < 0)
        return access_error("cannot read", path_);
    end_ += static_cast<std::size_t>(count);
    at_end_of_file_ = count == 0;
    return {};
}

Result<void> LineReader::make_room() {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    searched_ -= begin_;
    begin_ = 0;
    const std::size_t capacity = buffer_.size() - padding;
    if (end_ < capacity)
        return {};
    if (capacity >= longest_line)
        return Error{
            ErrorKind::bad_response,
            fmt::format("{}:{}: the line is longer than {} MiB", path_.native(), line_number_ + 1, longest_line >> 20),
            "a document is one JSON object on one line"};
    buffer_.resize(std::min(2 * capacity, longest_line) + padding);
    return {};
}

} // namespace health::ndjson
