#include <model/finding.hpp>

#include <base/printable.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace health {

namespace json = boost::json;

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

std::string json_findings(std::span<const Finding> findings) {
    json::array checks;
    for (const Finding& finding : findings)
        checks.push_back({{"check", finding.check},
                          {"level", to_string(finding.severity)},
                          {"message", printable(finding.message)},
                          {"hint", printable(to_string(finding.hint))}});
    const FindingCounts counts = count(findings);
    return json::serialize(json::object{{"checks", std::move(checks)},
                                        {"ok", counts.ok},
                                        {"warnings", counts.warnings},
                                        {"problems", counts.problems}});
}

} // namespace health
