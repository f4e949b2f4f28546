#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <model/names.hpp>
#include <report/assessment.hpp>
#include <report/assessment_parts.hpp>
#include <report/comparison.hpp>
#include <report/profile_parts.hpp>
#include <report/report.hpp>

#include <fmt/format.h>

namespace health {

namespace {

std::string numbers_table(const Backfill& backfill, const Snapshot& now) {
    Table table({"", "documents"});
    for (const auto& [name, value] : numbers(backfill, now))
        table.add({name.label, fmt::to_string(value)});
    for (const auto& [rule, documents] : now.broken)
        table.add({fmt::format("{}{}", broken_label, rule), fmt::to_string(documents)});
    table.add({"Coverage", percent(coverage(now))});
    return table.markdown();
}

std::string groups_table(const Assessment::ByField& by) {
    Table table({"value", "missing", "of"});
    for (const auto& [name, missing, documents] : assessment_parts::group_rows(by))
        table.add({name, fmt::to_string(missing), fmt::to_string(documents)});
    return table.markdown();
}

} // namespace

std::string markdown_assessment(const Backfill& backfill, const Assessment& assessment) {
    using namespace assessment_parts;
    const Snapshot& now = assessment.now;
    std::string out =
        fmt::format("**{}**: {} of {} at {}\n\n", to_string(verdict(assessment)), markdown_text(backfill.name),
                    markdown_text(printable(now.index)), to_rfc3339(now.ts));
    out += assessment.compared ? comparison_table(backfill, assessment.before, now).markdown()
                               : numbers_table(backfill, now);
    if (now.arrivals)
        out += fmt::format("\n{}\n", markdown_text(arrivals_line(backfill, *now.arrivals)));
    if (!assessment.unmet.empty())
        out += "\n";
    for (const std::string& condition : assessment.unmet)
        out += fmt::format("- **not met**: {}\n", markdown_text(condition));
    if (assessment.verified) {
        out += fmt::format("\n{}\n", markdown_text(verified_line(*assessment.verified)));
        for (const Mismatch& mismatch : assessment.verified->examples)
            out += fmt::format("- {}\n", markdown_text(describe(backfill, mismatch)));
    }
    if (assessment.by)
        out += fmt::format("\n{}\n\n{}", markdown_text(breakdown_title(backfill, assessment.by->grouping)),
                           groups_table(*assessment.by));
    if (assessment.samples) {
        out += fmt::format("\n{}\n\n", markdown_text(samples_title(backfill, assessment)));
        for (const std::string& name : sample_names(backfill, *assessment.samples))
            out += fmt::format("- {}\n", markdown_text(name));
    }
    if (assessment.profile)
        out += fmt::format("\n{}\n\n{}", markdown_text(profile_parts::profile_title(backfill)),
                           profile_parts::profile_table(*assessment.profile, assessment.profile_before).markdown());
    return out;
}

} // namespace health
