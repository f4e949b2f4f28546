// Durations of options, and times of earlier reports.
#include "properties.hpp"

#include <base/time.hpp>

#include <cstring>

namespace {

void duration_comes_back(std::string_view text) {
    const auto duration = health::parse_duration(text);
    if (!duration) {
        test::must(duration.error().kind == health::ErrorKind::usage);
        test::must_be_tellable(duration.error());
        return;
    }
    test::must(duration->count() >= 0 && text.find_first_not_of("0123456789dhms") == std::string_view::npos);
    test::must(test::must_succeed(health::parse_duration(health::to_string(*duration))) == *duration);
    // The clock counts nanoseconds: a deadline that far away must not overflow it.
    const auto deadline = std::chrono::steady_clock::now() + *duration;
    test::must(deadline.time_since_epoch().count() > 0);
}

void every_duration_is_readable(std::string_view bytes) {
    std::uint32_t milliseconds = 0;
    if (bytes.size() < sizeof(milliseconds))
        return;
    std::memcpy(&milliseconds, bytes.data(), sizeof(milliseconds));
    const std::chrono::milliseconds duration(milliseconds);
    test::must(test::must_succeed(health::parse_duration(health::to_string(duration))) == duration);
}

void time_comes_back(std::string_view text) {
    const auto time = health::parse_rfc3339(text);
    if (time)
        test::must(health::to_rfc3339(*time) == text);
    else
        test::must_be_tellable(time.error());
}

} // namespace

void fuzz(std::string_view input) {
    duration_comes_back(input);
    every_duration_is_readable(input);
    time_comes_back(input);
}
