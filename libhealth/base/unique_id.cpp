#include <base/unique_id.hpp>

#include <fmt/format.h>

#include <chrono>
#include <random>

namespace health {

std::string make_unique_id() {
    std::random_device random;
    const auto milliseconds = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    return fmt::format("{:012x}-{:08x}{:08x}{:08x}", milliseconds.time_since_epoch().count(), random(), random(),
                       random());
}

} // namespace health
