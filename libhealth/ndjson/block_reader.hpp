#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>
#include <base/files.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

namespace health::ndjson {

/// Whole lines of a file, followed by the padding that simdjson may read.
struct Block {
    std::size_t number = 0;   ///< from 0, in the order of the file
    std::string_view lines{}; ///< each with its newline, which the last line of the file may lack
    std::vector<char> buffer{};
};

/// Reads a file in blocks, in constant memory. Where they end depends only on the file.
class BlockReader {
public:
    static constexpr std::size_t longest_line = std::size_t{256} << 20;

    enum class Next {
        read,
        end_of_file,
        line_too_long, ///< the first of the block
    };

    /// A block grows only for a line that is longer than `block_size`.
    BlockReader(Descriptor file, std::filesystem::path path, std::size_t block_size);

    /// The deadline is checked before the file is read. After a failure there is no next block.
    Result<Next> next(Block& block, const Deadline& deadline);

private:
    Descriptor file_;
    std::filesystem::path path_;
    std::size_t block_size_;
    std::uint64_t offset_ = 0; ///< of the next block
    std::size_t number_ = 0;
};

} // namespace health::ndjson
