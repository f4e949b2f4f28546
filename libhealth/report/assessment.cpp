#include <report/assessment.hpp>

namespace health {

Verdict verdict(const Assessment& assessment) {
    const bool wrong = assessment.verified && assessment.verified->wrong > 0;
    return wrong ? Verdict::check : verdict(assessment.now);
}

} // namespace health
