#include <base/gzip.hpp>

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <string_view>

using namespace health;

namespace {

constexpr std::size_t plenty = std::size_t{16} << 20U;

std::string gzip(std::string_view text) {
    return GzipPrefix(text.substr(0, text.size() / 3)).with(text.substr(text.size() / 3));
}

std::string unpacked(std::string_view compressed, std::size_t limit = plenty) {
    auto text = gunzip(compressed, limit);
    REQUIRE(text.has_value());
    return *std::move(text);
}

/// Text that does not compress.
std::string noise(std::size_t size) {
    std::minstd_rand random(4711); // NOLINT: the same each time
    std::string out;
    while (out.size() < size)
        out += static_cast<char>(random());
    return out;
}

void is_refused(std::string_view compressed) {
    const auto text = gunzip(compressed, plenty);
    REQUIRE(text.has_error());
    CHECK(text.error().kind == ErrorKind::bad_response);
    CHECK(text.error().message == "the gzip data is corrupt or truncated");
}

} // namespace

TEST_CASE("a text comes back, whatever its size is to the buffers") {
    for (const std::size_t size : {0U, 1U, 16383U, 16384U, 16385U, 32768U, 1000000U}) {
        CAPTURE(size);
        CHECK(unpacked(gzip(std::string(size, 'x'))).size() == size);
        const std::string random = noise(size);
        CHECK(unpacked(gzip(random)) == random);
    }
}

TEST_CASE("one beginning goes with any ending, and the same text is always the same bytes") {
    const GzipPrefix page("# HELP x\n");
    CHECK(unpacked(page.with("x 1\n")) == "# HELP x\nx 1\n");
    CHECK(unpacked(page.with("x 2\n")) == "# HELP x\nx 2\n");
    CHECK(unpacked(page.with("")) == "# HELP x\n");
    CHECK(unpacked(GzipPrefix("").with("x 1\n")) == "x 1\n");
    CHECK(page.with("x 1\n") == GzipPrefix("# HELP x\n").with("x 1\n"));
}

TEST_CASE("a stream that was cut anywhere is no text") {
    const std::string whole = gzip("{\"hits\":{\"total\":{\"value\":120034}}}");
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(size);
        is_refused(std::string_view(whole).substr(0, size));
    }
}

TEST_CASE("a wrong bit of the text or of its checksum and size is noticed") {
    const std::string whole = gzip(noise(300));
    constexpr std::size_t header = 10;
    for (std::size_t at = header; at < whole.size(); at += 7) {
        CAPTURE(at);
        std::string changed = whole;
        changed[at] = static_cast<char>(changed[at] ^ 4);
        is_refused(changed);
    }
    std::string other_checksum = whole;
    other_checksum[whole.size() - 8] = static_cast<char>(other_checksum[whole.size() - 8] ^ 1);
    is_refused(other_checksum);
}

TEST_CASE("what is no gzip is refused") {
    for (const std::string_view text : {"", "{}", "\x1f\x8b", "\x78\x9c\x03\x00\x00\x00\x00\x01", "<html>"})
        is_refused(text);
}

TEST_CASE("a bomb is unpacked to little more than what is allowed") {
    const std::string bomb = gzip(std::string(plenty, '\0'));
    CHECK(bomb.size() < 100000);
    const std::string text = unpacked(bomb, 1000);
    CHECK(text.size() > 1000);
    CHECK(text.size() < 50000);
}
