#include "temporary_folder.hpp"

#include <base/file_stamp.hpp>

#include <doctest/doctest.h>

#include <array>
#include <filesystem>

using namespace health;
using health::tests::TemporaryFolder;

namespace fs = std::filesystem;

TEST_CASE("a file that nobody touches keeps its state, also when it is read") {
    const TemporaryFolder folder;
    const fs::path file = folder.write("config", "a: 1\n");
    const FileStamp before = FileStamp::of(file);
    CHECK(before.file == file);
    CHECK_FALSE(before.state.empty());
    CHECK(folder.read("config") == "a: 1\n");
    CHECK(FileStamp::of(file).state == before.state);
}

TEST_CASE("another size, another file under the name, and no file at all are other states") {
    const TemporaryFolder folder;
    const fs::path file = folder.write("config", "a: 1\n");
    const FileStamp first = FileStamp::of(file);
    folder.write("config", "a: 10\n");
    const FileStamp longer = FileStamp::of(file);
    CHECK(longer.state != first.state);

    fs::rename(folder.write("next", "a: 20\n"), file);
    const FileStamp replaced = FileStamp::of(file);
    CHECK(replaced.state != longer.state);

    fs::remove(file);
    CHECK(FileStamp::of(file).state.empty());
    CHECK(FileStamp::of(folder.path() / "no" / "folder").state.empty());
    CHECK(FileStamp::of("").state.empty());
}

TEST_CASE("a link has the state of what it leads to, as a mounted secret is a link that is turned") {
    const TemporaryFolder folder;
    const fs::path link = folder.path() / "secret";
    fs::create_symlink(folder.write("one", "a"), link);
    const FileStamp one = FileStamp::of(link);
    CHECK(one.state == FileStamp::of(folder.file("one")).state);
    fs::remove(link);
    fs::create_symlink(folder.write("two", "b"), link);
    CHECK(FileStamp::of(link).state != one.state);
    fs::remove(folder.file("two"));
    CHECK(FileStamp::of(link).state.empty());
}

TEST_CASE("a file that was removed has changed, and is as settled as it will be") {
    const TemporaryFolder folder;
    const fs::path file = folder.write("config", "a: 1\n");
    const FileStamp before = FileStamp::of(file);
    CHECK_FALSE(changed_and_settled(std::array{before}));
    fs::remove(file);
    CHECK(changed_and_settled(std::array{before}));
    CHECK_FALSE(changed_and_settled(std::array{FileStamp::of(file)})); // it was not there before, either
    CHECK_FALSE(changed_and_settled({}));
}

TEST_CASE("while one of the files is being written, nothing is read again") {
    const TemporaryFolder folder;
    const FileStamp removed = FileStamp::of(folder.write("config", "a: 1\n"));
    fs::remove(removed.file);
    const FileStamp written = FileStamp::of(folder.path() / "key.ndjson");
    folder.write("key", "half of a k");
    CHECK_FALSE(changed_and_settled(std::array{removed, written}));
    CHECK_FALSE(changed_and_settled(std::array{written, removed}));
    CHECK(changed_and_settled(std::array{removed}));
}
