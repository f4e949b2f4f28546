#include <ndjson/block_reader.hpp>

#include <base/printable.hpp>
#include <ndjson/file.hpp>
#include <store/remedy.hpp>

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

BlockReader::BlockReader(Descriptor file, std::filesystem::path path, std::size_t block_size)
    : file_(std::move(file)), path_(std::move(path)), block_size_(block_size) {
    ::posix_fadvise(file_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);
}

Result<BlockReader::Next> BlockReader::next(Block& block, const Deadline& deadline) {
    std::size_t capacity = block_size_;
    std::size_t size = 0;
    const auto finish = [&](std::size_t end) {
        block.lines = {block.buffer.data(), end};
        block.number = number_++;
        offset_ += end;
        return Next::read;
    };
    for (;;) {
        if (deadline.passed())
            return Error{ErrorKind::timeout, fmt::format("reading {} took too long", path_.native()),
                         Remedy::raise_timeout};
        if (size == capacity && capacity >= longest_line) {
            finish(0);
            return Next::line_too_long;
        }
        if (size == capacity)
            capacity = std::min(2 * capacity, longest_line);
        if (block.buffer.size() < capacity + padding)
            block.buffer.resize(capacity + padding);
        char* const begin = block.buffer.data() + size;
        const ssize_t count = ::pread(file_.get(), begin, capacity - size, static_cast<off_t>(offset_ + size));
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return access_error("cannot read", path_);
        if (count == 0)
            return size > 0 ? finish(size) : Next::end_of_file;
        const void* const newline = ::memrchr(begin, '\n', static_cast<std::size_t>(count));
        size += static_cast<std::size_t>(count);
        if (newline != nullptr)
            return finish(static_cast<std::size_t>(static_cast<const char*>(newline) + 1 - block.buffer.data()));
    }
}

} // namespace health::ndjson
