#pragma once

#include <chrono>

namespace test {

/// For what should come at once, on a machine that is busy.
inline constexpr auto patience = std::chrono::seconds(20);

} // namespace test
