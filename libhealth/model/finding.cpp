#include <model/finding.hpp>

#include <base/text.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace health {

std::string_view to_string(Severity severity) {
    switch (severity) {
    case Severity::ok:
        return "ok";
    case Severity::warning:
        return "warning";
    case Severity::problem:
        return "problem";
    }
    return "unknown";
}

Finding not_checked(std::string check, std::string_view why, Hint hint) {
    return {.check = std::move(check),
            .severity = Severity::warning,
            .message = fmt::format("not checked: {}", why),
            .hint = std::move(hint)};
}

void add_finding(Finding finding, std::vector<Finding>& all) {
    const auto last = std::find_if(all.rbegin(), all.rend(),
                                   [&](const Finding& other) { return other.backfill == finding.backfill; });
    const auto place = last != all.rend() ? last.base() : finding.backfill.empty() ? all.begin() : all.end();
    all.insert(place, std::move(finding));
}

FindingCounts count(std::span<const Finding> findings) {
    FindingCounts out;
    for (const Finding& finding : findings)
        ++(finding.severity == Severity::ok        ? out.ok
           : finding.severity == Severity::warning ? out.warnings
                                                   : out.problems);
    return out;
}

std::string to_string(const FindingCounts& counts) {
    return fmt::format("{} ok, {}, {}", counts.ok, count_of(counts.warnings, "warning"),
                       count_of(counts.problems, "problem"));
}

} // namespace health
