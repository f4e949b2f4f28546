#include <remote/retry.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace health;
using namespace health::remote;
using namespace std::chrono_literals;

namespace {

const Clock::time_point start{1000s};
const auto longest_jitter = [] { return 0.999999; };
const auto shortest_jitter = [] { return 0.0; };

Clock::duration rounded(Clock::duration d) {
    return std::chrono::round<std::chrono::milliseconds>(d);
}

} // namespace

TEST_CASE("waits begin at 100 ms at most, double, and end at 5 s") {
    Nodes nodes(1);
    Attempts attempts(nodes, 8, start + 1h, longest_jitter);
    for (const auto expected : std::array<Clock::duration, 8>{100ms, 200ms, 400ms, 800ms, 1600ms, 3200ms, 5s, 5s}) {
        const auto next = attempts.after_no_answer(0, start);
        REQUIRE(next);
        CHECK(rounded(next->wait) == expected);
    }
    CHECK(!attempts.after_no_answer(0, start));
}

TEST_CASE("jitter takes away a half at most") {
    Nodes nodes(1);
    Attempts attempts(nodes, 1, start + 1h, shortest_jitter);
    CHECK(rounded(attempts.after_busy(0, {}, start)->wait) == 50ms);
}

TEST_CASE("Retry-After is waited for, unless the deadline comes first") {
    Nodes nodes(1);
    Attempts attempts(nodes, 3, start + 10s, shortest_jitter);
    CHECK(attempts.after_busy(0, 7s, start)->wait == 7s);
    CHECK(!attempts.after_busy(0, 4s, start + 7s));
}

TEST_CASE("without retries there is one try") {
    Nodes nodes(1);
    Attempts attempts(nodes, 0, start + 1h, shortest_jitter);
    CHECK(!attempts.after_busy(0, {}, start));
    CHECK(!Attempts(nodes, 0, start + 1h, shortest_jitter).after_no_answer(0, start));
}

TEST_CASE("every node is tried at once before anything is waited for, even without retries") {
    Nodes nodes(3);
    Attempts attempts(nodes, 0, start + 1h, shortest_jitter);
    CHECK(attempts.first(start) == 0);
    CHECK(attempts.nodes_left() == 3);
    auto next = attempts.after_no_answer(0, start);
    REQUIRE(next);
    CHECK(next->node == 1);
    CHECK(next->wait == 0s);
    next = attempts.after_no_answer(1, start);
    REQUIRE(next);
    CHECK(next->node == 2);
    CHECK(attempts.nodes_left() == 1);
    CHECK(!attempts.after_no_answer(2, start));
}

TEST_CASE("a node that failed rests, longer each time, and the one that worked is kept") {
    Nodes nodes(2);
    nodes.mark_failed(0, start);
    CHECK(nodes.pick(start) == 1);
    nodes.mark_working(1);
    CHECK(nodes.pick(start + 1h) == 1);
    nodes.mark_failed(1, start + 2h);
    CHECK(nodes.pick(start + 2h) == 0);
    nodes.mark_failed(0, start + 2h);
    // Both rest: the one that is back sooner is used (node 0 failed for the second time).
    CHECK(nodes.pick(start + 2h) == 1);
}
