#include "ndjson/support.hpp"

#include <ndjson/line_reader.hpp>

#include <doctest/doctest.h>

#include <fcntl.h>
#include <string>
#include <vector>

using namespace health;
using namespace health::ndjson;
using namespace health::tests;

namespace {

LineReader reader(const std::filesystem::path& path, std::size_t buffer_size) {
    return {value_of(open_regular_file(path, O_RDONLY, "cannot read")), path, buffer_size};
}

std::vector<std::string> lines_of(const std::filesystem::path& path, std::size_t buffer_size) {
    LineReader lines = reader(path, buffer_size);
    std::vector<std::string> all;
    for (;;) {
        const auto line = value_of(lines.next(Deadline::after(std::chrono::minutes(1))));
        if (!line)
            return all;
        all.emplace_back(*line);
        CHECK(lines.line_number() == all.size());
    }
}

} // namespace

TEST_CASE("lines are the same wherever the buffer ends") {
    const TemporaryFolder folder;
    std::vector<std::string> expected;
    std::string text;
    for (std::size_t i = 0; i < 60; ++i) {
        expected.emplace_back(i * 7 % 23, static_cast<char>('a' + i % 26));
        text += expected.back() + '\n';
    }
    const auto path = folder.write("lines", text);
    for (std::size_t size = 1; size < 80; ++size) {
        CAPTURE(size);
        CHECK(lines_of(path, size) == expected);
    }
    CHECK(lines_of(path, text.size()) == expected);
    CHECK(lines_of(path, 1 << 20) == expected);
}

TEST_CASE("the last line may lack its newline") {
    const TemporaryFolder folder;
    const auto path = folder.write("lines", "one\ntwo");
    for (std::size_t size = 1; size < 10; ++size)
        CHECK(lines_of(path, size) == std::vector<std::string>{"one", "two"});
}

TEST_CASE("an empty file has no lines, a newline ends an empty one") {
    const TemporaryFolder folder;
    CHECK(lines_of(folder.write("empty", ""), 8).empty());
    CHECK(lines_of(folder.write("newlines", "\n\n"), 8) == std::vector<std::string>{"", ""});
}

TEST_CASE("a line over the limit is an error that names it") {
    const TemporaryFolder folder;
    const auto path = folder.write("long", "{}\n");
    // A hole: long, and takes no room on the disk.
    std::filesystem::resize_file(path, LineReader::longest_line + 4);
    LineReader lines = reader(path, 1 << 20);
    const auto deadline = Deadline::after(std::chrono::minutes(1));
    CHECK(value_of(lines.next(deadline)) == "{}");
    const Error error = error_of(lines.next(deadline));
    CHECK(error.kind == ErrorKind::bad_response);
    CHECK(error.message.find(path.native() + ":2: ") == 0);
}

TEST_CASE("the deadline is looked at before the file is") {
    const TemporaryFolder folder;
    const auto path = folder.write("lines", "one\n");
    LineReader lines = reader(path, 64);
    const Error error = error_of(lines.next(Deadline::after(std::chrono::seconds(0))));
    CHECK(error.kind == ErrorKind::timeout);
    CHECK(error.message.find(path.native()) != std::string::npos);
}

TEST_CASE("the deadline ends reading between two buffers") {
    const TemporaryFolder folder;
    std::stop_source source;
    LineReader lines = reader(folder.write("lines", "one\ntwo\nthree\n"), 4);
    const auto deadline = Deadline::after(std::chrono::minutes(1), source.get_token());
    CHECK(value_of(lines.next(deadline)) == "one");
    source.request_stop();
    CHECK(error_of(lines.next(deadline)).kind == ErrorKind::timeout);
}
