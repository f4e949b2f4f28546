#pragma once

#include <model/finding.hpp>

#include <doctest/doctest.h>

#include <string_view>

namespace test {

/// Checks that the finding is of this severity, and that its message or hint has these words.
inline bool says(const health::Finding& finding, health::Severity severity, std::string_view word) {
    CAPTURE(finding.message);
    CAPTURE(finding.hint.sentence());
    const bool found =
        finding.severity == severity && (finding.message + finding.hint.sentence()).find(word) != std::string::npos;
    CHECK(found);
    return found;
}

} // namespace test
