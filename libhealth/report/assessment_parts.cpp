#include <report/assessment_parts.hpp>

#include <base/json_text.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <report/comparison.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace health::assessment_parts {

namespace {

constexpr std::size_t max_rows = 20; ///< of values; times are all shown
constexpr std::size_t longest_value = 60;
constexpr std::size_t longest_values = 200;

GroupRow row_of(const Group& group) {
    return {.name = group.value ? printable(*group.value, longest_value) : "(none)",
            .missing = group.missing,
            .documents = group.documents};
}

} // namespace

std::vector<GroupRow> group_rows(const Assessment::ByField& by) {
    const std::size_t most = by.grouping.interval ? by.breakdown.groups.size() : max_rows;
    std::vector<GroupRow> out;
    GroupRow others;
    std::size_t values = 0;
    for (const Group& group : by.breakdown.groups) {
        if (out.size() < most || !group.value) {
            out.push_back(row_of(group));
            continue;
        }
        ++values;
        others.missing += group.missing;
        others.documents += group.documents;
    }
    others.name = fmt::format("({})", count_of(values, "other value"));
    if (values > 0)
        out.push_back(std::move(others));
    return out;
}

std::string breakdown_title(const Backfill& backfill, const Grouping& grouping) {
    return fmt::format("Missing {} by {}{}", backfill.field_label, printable(grouping.field),
                       grouping.interval ? fmt::format(" ({})", to_string(*grouping.interval)) : "");
}

std::string samples_title(const Backfill& backfill, const Assessment& assessment) {
    const std::size_t count = assessment.samples->size();
    if (assessment.broken_rule)
        return fmt::format("{} that break {}, {} of them:", capitalized_name(backfill), assessment.broken_rule->text,
                           count);
    return fmt::format("{} without {}, {} of them:", capitalized_name(backfill), backfill.field_label, count);
}

std::vector<std::string> sample_names(const Backfill& backfill, const std::vector<SampleDocument>& samples) {
    const bool one_index = std::ranges::all_of(
        samples, [&](const SampleDocument& sample) { return sample.document.index == backfill.index; });
    std::vector<std::string> out;
    for (const auto& [document, values] : samples) {
        out.push_back(one_index ? printable(document.id)
                                : fmt::format("{}/{}", printable(document.index), printable(document.id)));
        for (const auto& [field, array] : values)
            out.back() += fmt::format("  {}: {}", printable(field), printable(json_text(array), longest_values));
    }
    return out;
}

std::string arrivals_line(const Backfill& backfill, const Arrivals& arrivals) {
    return fmt::format("Arrived since {}: {}, of these missing {} ({}): {}", to_rfc3339(arrivals.since), arrivals.total,
                       backfill.field_label, backfill.name, arrivals.missing);
}

std::string verified_line(const Verification& verification) {
    return "Verified: " + describe(verification);
}

Table comparison_table(const Backfill& backfill, const std::optional<Snapshot>& before, const Snapshot& after) {
    Table out({"", "before", "after", "change"});
    for (ComparisonRow& row : compare(backfill, before, after))
        out.add({std::move(row.label), std::move(row.before), std::move(row.after), std::move(row.change)});
    return out;
}

} // namespace health::assessment_parts
