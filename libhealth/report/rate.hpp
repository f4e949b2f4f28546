#pragma once

#include <string_view>

namespace health {

/// How often something happens, in the unit in which it is read best.
struct Rate {
    double value = 0;
    std::string_view unit; ///< "/s" or "/h"
};

/// By the hour when it is slower than `slow`, which depends on how many decimals are shown: 0.0/s would say nothing.
Rate readable_rate(double per_second, double slow);

} // namespace health
