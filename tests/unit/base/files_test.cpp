#include "ndjson/support.hpp"

#include <base/files.hpp>

#include <doctest/doctest.h>

#include <array>
#include <fcntl.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace health;
using health::tests::TemporaryFolder;

namespace {

bool is_open(int descriptor) {
    return ::fcntl(descriptor, F_GETFD) != -1;
}

} // namespace

TEST_CASE("a descriptor is closed once, by its last owner") {
    auto opened = open_file("/dev/null", O_RDONLY);
    REQUIRE(opened.has_value());
    const int number = opened->get();
    CHECK(::fcntl(number, F_GETFD) == FD_CLOEXEC);
    {
        Descriptor owner = *std::move(opened);
        CHECK(!*opened);
        CHECK(owner.get() == number);
        Descriptor other;
        CHECK(!other);
        other = std::move(owner);
        CHECK(is_open(number));
    }
    CHECK(!is_open(number));
}

TEST_CASE("a file is read whole, up to a limit") {
    const TemporaryFolder folder;
    const auto path = folder.write("mails", std::string(100'000, 'x'));
    CHECK(read_file(path).value() == std::string(100'000, 'x'));
    CHECK(read_file(path, 100'000).has_value());
    CHECK(read_file(path, 99'999).error() == std::errc::file_too_large);
    CHECK(read_file("/dev/zero", 1000).error() == std::errc::file_too_large);
    CHECK(read_file(folder.path()).error() == std::errc::is_a_directory);
    CHECK(read_file(folder.path() / "absent").error() == std::errc::no_such_file_or_directory);
}

TEST_CASE("what a pipe takes in parts is written, and read, to its end") {
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    const Descriptor reading(ends[0]);
    const std::string text(1 << 20, 'x'); // more than a pipe holds
    std::jthread writer([&] {
        const Descriptor writing(ends[1]);
        write_all(writing.get(), text);
    });
    CHECK(!is_regular_file(reading));
    CHECK(read_to_end(reading).value() == text);
}

TEST_CASE("a write that fails says why") {
    const auto full = open_file("/dev/full", O_WRONLY);
    REQUIRE(full.has_value());
    CHECK(write_all(full->get(), "x") == std::errc::no_space_on_device);
    CHECK(write_synced(*full, "x") == std::errc::no_space_on_device);
}

TEST_CASE("a file is replaced whole, and with its mode, or not at all") {
    const TemporaryFolder folder;
    const auto path = folder.path() / "page.prom";
    for (const std::string_view text : {"before", "after"}) {
        CHECK(replace_file(path, text, 0600).has_value());
        CHECK(read_file(path).value() == text);
    }
    struct stat status{};
    REQUIRE(::stat(path.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0600U);
    CHECK(std::distance(std::filesystem::directory_iterator(folder.path()), {}) == 1);

    const auto failed = replace_file(folder.path() / "absent" / "page.prom", "text", 0600);
    REQUIRE(!failed.has_value());
    CHECK(failed.error().kind == ErrorKind::rejected);
    CHECK(failed.error().message.starts_with("cannot create "));
    CHECK(failed.error().message.ends_with(": No such file or directory"));
}

TEST_CASE("a folder is synced, and what is not there is not") {
    const TemporaryFolder folder;
    CHECK(!sync_folder(folder.path()));
    CHECK(sync_folder(folder.path() / "absent") == std::errc::no_such_file_or_directory);
}
