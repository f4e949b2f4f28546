#pragma once

#include <report/assessment.hpp>

#include <string>

namespace test {

inline std::string text_comparison(const health::Backfill& backfill, const health::Snapshot& before,
                                   const health::Snapshot& after) {
    return text_assessment(backfill, {.now = after, .compared = true, .before = before}, health::Glyphs::ascii);
}

inline std::string json_report(const health::Backfill& backfill, const health::Snapshot& snapshot) {
    return json_assessment(backfill, {.now = snapshot});
}

inline std::string json_comparison(const health::Backfill& backfill, const health::Snapshot& before,
                                   const health::Snapshot& after) {
    return json_assessment(backfill, {.now = after, .compared = true, .before = before});
}

} // namespace test
