#include <base/waiting.hpp>

#include <doctest/doctest.h>

#include <thread>

using namespace health;
using namespace std::chrono_literals;

TEST_CASE("without a stop the whole time is slept") {
    const auto began = Clock::now();
    CHECK(wait_for({}, 5ms));
    CHECK(Clock::now() - began >= 5ms);
    CHECK(wait_until({}, began)); // has passed
}

TEST_CASE("a stop ends the sleep, also one that came before it") {
    std::stop_source source;
    const auto began = Clock::now();
    std::jthread stopping([&] { source.request_stop(); });
    CHECK(!wait_for(source.get_token(), 1h));
    CHECK(!wait_until(source.get_token(), began + 1h));
    CHECK(Clock::now() - began < 1min);
}
