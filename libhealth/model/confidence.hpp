#pragma once

#include <cstdint>

namespace health {

/// How certain a statement about all documents is when it rests on a sample of them.
inline constexpr double usual_confidence = 0.95;

/// The largest share of wrong documents, between 0 and 1, that is compatible with so many wrong ones in a random
/// sample: whatever the true share is, at least `confidence` of all samples give a bound that is not below it.
/// One-sided, by C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of
/// the binomial", Biometrika 26 (1934). For a finite number of documents it is conservative. 1 for an empty sample.
double upper_bound(std::uint64_t wrong, std::uint64_t sampled, double confidence = usual_confidence);

/// The same in tenths of a percent, rounded up: 26 for 2.57 %.
std::uint64_t upper_bound_per_mille(std::uint64_t wrong, std::uint64_t sampled, double confidence = usual_confidence);

} // namespace health
