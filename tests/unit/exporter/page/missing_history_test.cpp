#include "support.hpp"

#include <exporter/page/missing_history.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace health;
using namespace health::exporter;
using namespace std::chrono_literals;

namespace {

const Timestamp noon = test::at("2025-10-10T12:00:00Z");

std::vector<MissingPoint> every(std::chrono::seconds distance, std::initializer_list<int> multiples) {
    std::vector<MissingPoint> out;
    for (const int i : multiples)
        out.push_back({.ts = noon + i * distance, .missing = 5});
    return out;
}

std::vector<std::size_t> sizes(const MissingHistory& history) {
    std::vector<std::size_t> out;
    for (const auto& piece : pieces(history))
        out.push_back(piece.size());
    return out;
}

using Sizes = std::vector<std::size_t>;

} // namespace

TEST_CASE("a trend without points has no pieces") {
    CHECK(pieces({}).empty());
}

TEST_CASE("stored snapshots are cut where one that usually comes did not") {
    CHECK(sizes({.stored = every(1h, {0, 1, 2, 3})}) == Sizes{4});
    CHECK(sizes({.stored = every(1h, {0, 1, 3, 4, 5, 9})}) == Sizes{2, 3, 1});
}

TEST_CASE("a snapshot a day is usual for who takes one a day") {
    CHECK(sizes({.stored = every(24h, {0, 1, 2, 3})}) == Sizes{4});
    CHECK(sizes({.stored = every(24h, {0, 1, 2, 4, 5})}) == Sizes{3, 2});
}

TEST_CASE("of two snapshots nobody knows what is usual, so those with an hour between them stay apart") {
    CHECK(sizes({.stored = every(1min, {0, 119})}) == Sizes{2});
    CHECK(sizes({.stored = every(1min, {0, 120})}) == Sizes{1, 1});
}

TEST_CASE("the last snapshots of two hours in a row are no outage, however far apart") {
    MissingHistory history{.stored = every(1h, {0, 1, 2, 3})};
    history.stored[2].ts += 59min;
    CHECK(sizes(history) == Sizes{4});
}

TEST_CASE("what was seen is cut at a failure, and where nothing was measured for three times the interval") {
    MissingHistory history{.seen = every(15s, {0, 1, 2, 3, 4}), .refresh_interval = 15s};
    CHECK(sizes(history) == Sizes{5});
    history.seen[3].after_failure = true;
    CHECK(sizes(history) == Sizes{3, 2});
    CHECK(sizes({.seen = every(1min, {0, 1, 2, 5, 6, 10}), .refresh_interval = 1min}) == Sizes{5, 1});
}

TEST_CASE("measurements in quick succession do not make the usual interval an outage") {
    CHECK(sizes({.seen = every(1s, {0, 1, 2, 3, 3603}), .refresh_interval = 1h}) == Sizes{5});
}

TEST_CASE("without an interval, measurements are as far from each other as usual") {
    CHECK(sizes({.seen = every(1min, {0, 1, 2, 4, 8, 9})}) == Sizes{4, 2});
}

TEST_CASE("what was seen goes on where the stored snapshots end") {
    MissingHistory history{.stored = every(1h, {0, 1, 2}), .seen = {{.ts = noon + 2h + 50min, .missing = 1}}};
    CHECK(sizes(history) == Sizes{4});
    history.seen.front().ts = noon + 4h;
    CHECK(sizes(history) == Sizes{3, 1});
}
