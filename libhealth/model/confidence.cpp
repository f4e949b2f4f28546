#include <model/confidence.hpp>

#include <boost/math/special_functions/beta.hpp>

#include <cmath>

namespace health {

namespace policies = boost::math::policies;

double upper_bound(std::uint64_t wrong, std::uint64_t sampled, double confidence) {
    if (wrong >= sampled)
        return 1;
    // The share of wrong documents with which a sample with so few of them has the probability 1 - confidence.
    // In double: its errors are far below rounding_errors, and the templates of long double are not compiled as well.
    return boost::math::ibeta_inv(static_cast<double>(wrong) + 1, static_cast<double>(sampled - wrong), confidence,
                                  policies::policy<policies::promote_double<false>>());
}

std::uint64_t upper_bound_per_mille(std::uint64_t wrong, std::uint64_t sampled, double confidence) {
    constexpr double all = 1000;
    constexpr double rounding_errors = 1e-9; // they must not turn 2.5 % into 2.6 %
    return static_cast<std::uint64_t>(std::ceil(upper_bound(wrong, sampled, confidence) * all - rounding_errors));
}

} // namespace health
