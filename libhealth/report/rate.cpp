#include <report/rate.hpp>

#include <cmath>

namespace health {

Rate readable_rate(double per_second, double slow) {
    constexpr double seconds_of_an_hour = 3600;
    if (std::abs(per_second) < slow)
        return {.value = per_second * seconds_of_an_hour, .unit = "/h"};
    return {.value = per_second, .unit = "/s"};
}

} // namespace health
