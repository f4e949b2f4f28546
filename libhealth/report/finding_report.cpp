#include <report/finding_report.hpp>

#include <base/printable.hpp>
#include <model/names.hpp>

#include <boost/json.hpp>

namespace health {

namespace json = boost::json;

json::object to_json(std::span<const Finding> findings, HintTexts texts) {
    json::array checks;
    for (const Finding& finding : findings) {
        json::object check{{"check", finding.check}};
        if (!finding.backfill.empty())
            check[key::backfill] = finding.backfill;
        check["level"] = to_string(finding.severity);
        check["message"] = printable(finding.message);
        check["hint"] = printable(texts(finding.hint));
        checks.push_back(std::move(check));
    }
    const FindingCounts counts = count(findings);
    return {
        {"checks", std::move(checks)}, {"ok", counts.ok}, {"warnings", counts.warnings}, {"problems", counts.problems}};
}

} // namespace health
