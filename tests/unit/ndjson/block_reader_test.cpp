#include "ndjson/support.hpp"

#include <ndjson/block_reader.hpp>
#include <ndjson/file.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <string>
#include <vector>

using namespace health;
using namespace health::ndjson;
using namespace health::tests;

namespace {

using Next = BlockReader::Next;

BlockReader reader(const std::filesystem::path& path, std::size_t block_size) {
    return {value_of(open_regular_file(path, O_RDONLY, "cannot read")), path, block_size};
}

Deadline soon() {
    return Deadline::after(std::chrono::minutes(1));
}

std::vector<std::string> blocks_of(const std::filesystem::path& path, std::size_t block_size) {
    BlockReader blocks = reader(path, block_size);
    Block block;
    std::vector<std::string> all;
    while (value_of(blocks.next(block, soon())) == Next::read) {
        CHECK(block.number == all.size());
        all.emplace_back(block.lines);
    }
    return all;
}

std::string joined(const std::vector<std::string>& parts) {
    std::string out;
    for (const std::string& part : parts)
        out += part;
    return out;
}

} // namespace

TEST_CASE("blocks are the whole file, and end where lines do") {
    const TemporaryFolder folder;
    std::string text;
    for (std::size_t i = 0; i < 60; ++i)
        text += std::string(i * 7 % 23, static_cast<char>('a' + i % 26)) + '\n';
    const auto path = folder.write("lines", text);
    for (std::size_t size = 1; size < 80; ++size) {
        CAPTURE(size);
        const auto blocks = blocks_of(path, size);
        CHECK(joined(blocks) == text);
        for (const std::string& block : blocks)
            CHECK(block.ends_with('\n'));
    }
    CHECK(blocks_of(path, text.size()) == std::vector<std::string>{text});
    CHECK(blocks_of(path, 1 << 20) == std::vector<std::string>{text});
}

TEST_CASE("a block is as large as it was asked to be, and larger only for a line that is") {
    const TemporaryFolder folder;
    const auto path = folder.write("lines", "one\ntwo\nthirteen\n4\n5\n");
    CHECK(blocks_of(path, 8) == std::vector<std::string>{"one\ntwo\n", "thirteen\n4\n5\n"});
    CHECK(blocks_of(path, 4) == std::vector<std::string>{"one\n", "two\n", "thirteen\n4\n5\n"});
}

TEST_CASE("the last line may lack its newline") {
    const TemporaryFolder folder;
    const auto path = folder.write("lines", "one\ntwo");
    for (std::size_t size = 1; size < 10; ++size)
        CHECK(joined(blocks_of(path, size)) == "one\ntwo");
}

TEST_CASE("an empty file has no blocks") {
    const TemporaryFolder folder;
    CHECK(blocks_of(folder.write("empty", ""), 8).empty());
    CHECK(joined(blocks_of(folder.write("newlines", "\n\n"), 8)) == "\n\n");
}

TEST_CASE("a line over the limit ends the reading") {
    const TemporaryFolder folder;
    const auto path = folder.write("long", "{}\n");
    // A hole: long, and takes no room on the disk.
    std::filesystem::resize_file(path, BlockReader::longest_line + 4);
    BlockReader blocks = reader(path, 1 << 20);
    Block block;
    CHECK(value_of(blocks.next(block, soon())) == Next::read);
    CHECK(block.lines == "{}\n");
    CHECK(value_of(blocks.next(block, soon())) == Next::line_too_long);
    CHECK(block.number == 1);
}

TEST_CASE("the deadline is looked at before the file is") {
    const TemporaryFolder folder;
    const auto path = folder.write("lines", "one\n");
    BlockReader blocks = reader(path, 64);
    Block block;
    const Error error = error_of(blocks.next(block, Deadline::after(std::chrono::seconds(0))));
    CHECK(error.kind == ErrorKind::timeout);
    CHECK(error.message.find(path.native()) != std::string::npos);
}

TEST_CASE("the deadline ends reading between two blocks") {
    const TemporaryFolder folder;
    std::stop_source source;
    BlockReader blocks = reader(folder.write("lines", "one\ntwo\nthree\n"), 4);
    const auto deadline = Deadline::after(std::chrono::minutes(1), source.get_token());
    Block block;
    CHECK(value_of(blocks.next(block, deadline)) == Next::read);
    source.request_stop();
    CHECK(error_of(blocks.next(block, deadline)).kind == ErrorKind::timeout);
}
