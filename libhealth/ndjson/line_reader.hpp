#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>
#include <ndjson/file.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace health::ndjson {

/// The lines of a file, in constant memory. simdjson may read behind a line as far as it likes to.
class LineReader {
public:
    static constexpr std::size_t longest_line = std::size_t{256} << 20;

    /// The buffer grows for a line that is longer, and only then.
    LineReader(Descriptor file, std::filesystem::path path, std::size_t buffer_size);

    /// The next line without its newline, valid until the next call; none at the end of the file.
    /// The deadline is checked before the buffer is filled.
    Result<std::optional<std::string_view>> next(const Deadline& deadline);

    /// Of the latest line, from 1.
    [[nodiscard]] std::size_t line_number() const { return line_number_; }

private:
    Result<void> fill(const Deadline& deadline);
    Result<void> make_room();

    Descriptor file_;
    std::filesystem::path path_;
    std::vector<char> buffer_;
    std::size_t begin_ = 0;    ///< of the next line
    std::size_t searched_ = 0; ///< no newline is between begin_ and here
    std::size_t end_ = 0;      ///< of what was read
    bool at_end_of_file_ = false;
    std::size_t line_number_ = 0;
};

} // namespace health::ndjson
