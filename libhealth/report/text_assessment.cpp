#include <report/assessment.hpp>
#include <report/assessment_parts.hpp>
#include <report/profile_parts.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace health {

namespace {

constexpr std::size_t bar_width = 20;

/// How many of the bar's columns are filled: all only when all are missing, and none only when none is.
std::size_t filled_columns(std::uint64_t missing, std::uint64_t documents) {
    if (documents == 0 || missing == 0)
        return 0;
    const double share = static_cast<double>(missing) / static_cast<double>(documents);
    const std::size_t most = missing == documents ? bar_width : bar_width - 1;
    return std::clamp<std::size_t>(static_cast<std::size_t>(std::lround(share * bar_width)), 1, most);
}

std::string group_table(const Assessment::ByField& by, Glyphs glyphs) {
    Table table({"value", "missing", "of", ""}, Table::Last::drawings);
    for (const auto& [name, missing, documents] : assessment_parts::group_rows(by))
        table.add({name, fmt::to_string(missing), fmt::to_string(documents),
                   bar(filled_columns(missing, documents), 0, glyphs)});
    return table.text();
}

} // namespace

std::string text_assessment(const Backfill& backfill, const Assessment& assessment, Glyphs glyphs,
                            const VerdictText& verdict_text) {
    using namespace assessment_parts;
    std::string out = text_report(backfill, assessment.now, [&](Verdict) { return verdict_text(verdict(assessment)); });
    if (assessment.verified)
        out += verified_line(*assessment.verified) + "\n";
    if (assessment.compared)
        out += "\n" + comparison_table(backfill, assessment.before, assessment.now).text();
    if (assessment.now.arrivals)
        out += arrivals_line(backfill, *assessment.now.arrivals) + "\n";
    if (assessment.by)
        out += fmt::format("\n{}\n{}", breakdown_title(backfill, assessment.by->grouping),
                           group_table(*assessment.by, glyphs));
    if (assessment.samples) {
        out += fmt::format("\n{}\n", samples_title(backfill, assessment));
        for (const std::string& name : sample_names(backfill, *assessment.samples))
            out += name + "\n";
    }
    if (assessment.profile)
        out += fmt::format("\n{}\n{}", profile_parts::profile_title(backfill),
                           profile_parts::profile_table(*assessment.profile, assessment.profile_before).text());
    return out;
}

} // namespace health
