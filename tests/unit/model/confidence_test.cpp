#include <model/confidence.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <vector>

using namespace health;

TEST_CASE("the bound of well-known samples") {
    CHECK(upper_bound(0, 300) == doctest::Approx(0.0099362).epsilon(1e-4)); // 1 - 0.05^(1/300): the rule of three
    CHECK(upper_bound(3, 300) == doctest::Approx(0.0256415).epsilon(1e-4));
    CHECK(upper_bound(1, 10) == doctest::Approx(0.3941633).epsilon(1e-6)); // R: binom.test(1, 10, alternative = "less")
    CHECK(upper_bound(5, 10, 0.99) > upper_bound(5, 10));
    CHECK(upper_bound(10, 10) == 1);
    CHECK(upper_bound(0, 0) == 1);
}

TEST_CASE("the bound is rounded up to a tenth of a percent") {
    CHECK(upper_bound_per_mille(0, 300) == 10);
    CHECK(upper_bound_per_mille(3, 300) == 26);
    CHECK(upper_bound_per_mille(0, 0) == 1000);
    CHECK(upper_bound_per_mille(0, 1, 0.5) == 500); // exactly a half, and not a little more
    for (std::uint64_t sampled = 1; sampled < 200; ++sampled)
        for (std::uint64_t wrong = 0; wrong <= sampled; ++wrong)
            CHECK(static_cast<double>(upper_bound_per_mille(wrong, sampled)) + 1e-6 >=
                  1000 * upper_bound(wrong, sampled));
}

/// How many of many samples, in which a document is wrong with this probability, have a bound that is not below it.
double simulated_coverage(double share, std::uint64_t sampled, std::mt19937_64& random) {
    constexpr int samples = 20000;
    std::binomial_distribution<std::uint64_t> wrong(sampled, share);
    std::vector<std::uint64_t> times(sampled + 1); // for each number of wrong ones
    for (int i = 0; i < samples; ++i)
        ++times[wrong(random)];
    std::uint64_t covered = 0;
    for (std::uint64_t i = 0; i <= sampled; ++i)
        if (times[i] > 0 && upper_bound(i, sampled) >= share)
            covered += times[i];
    return static_cast<double>(covered) / samples;
}

TEST_CASE("at least 95 % of all samples have a bound that is true") {
    std::mt19937_64 random(20251010); // NOLINT(*-msc51-cpp): the same samples in every run
    constexpr double chance = 0.006;  // almost four standard deviations of 20000 samples
    double lowest = 1;
    for (const double share : {0.001, 0.005, 0.01, 0.0257, 0.1, 0.3, 0.5, 0.9})
        for (const std::uint64_t sampled : {10U, 100U, 300U, 1000U}) {
            const double coverage = simulated_coverage(share, sampled, random);
            CAPTURE(share);
            CAPTURE(sampled);
            CHECK(coverage >= 0.95 - chance);
            lowest = std::min(lowest, coverage);
        }
    CHECK(lowest < 0.96); // and it is not larger than it must be
}
