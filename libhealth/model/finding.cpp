#include <model/finding.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

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

void merge_findings(const std::string& backfill, std::vector<Finding> findings, std::vector<Finding>& all) {
    constexpr std::array shared{"connection", "tls", "product", "credentials", "clock", "disk", "folder"};
    std::size_t shared_count = 0; // they precede those of a backfill
    while (shared_count < all.size() && all[shared_count].backfill.empty())
        ++shared_count;
    for (Finding& finding : findings) {
        const bool is_shared = std::ranges::find(shared, finding.check) != shared.end();
        const auto same = [&](const Finding& other) { return other.check == finding.check && other.backfill.empty(); };
        if (is_shared && std::ranges::any_of(all, same))
            continue;
        if (!is_shared)
            finding.backfill = backfill;
        const auto place = is_shared ? all.begin() + static_cast<std::ptrdiff_t>(shared_count++) : all.end();
        all.insert(place, std::move(finding));
    }
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
    return fmt::format("{} ok, {} warning{}, {} problem{}", counts.ok, counts.warnings, counts.warnings == 1 ? "" : "s",
                       counts.problems, counts.problems == 1 ? "" : "s");
}

} // namespace health
