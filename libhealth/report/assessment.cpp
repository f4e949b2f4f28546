#include <report/assessment.hpp>

#include <base/printable.hpp>
#include <model/names.hpp>
#include <report/comparison.hpp>
#include <report/table.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

namespace health {

namespace json = boost::json;

namespace {

constexpr std::size_t most_rows = 20; ///< of values; times are all shown
constexpr std::size_t longest_value = 60;
constexpr std::size_t bar_width = 20;

std::string name_of(const Group& group) {
    return group.value ? printable(*group.value, longest_value) : "(none)";
}

/// Full only when all are missing, and empty only when none is.
std::string bar(const Group& group, std::string_view glyph) {
    if (group.documents == 0 || group.missing == 0)
        return "";
    const double share = static_cast<double>(group.missing) / static_cast<double>(group.documents);
    const auto length = static_cast<std::size_t>(std::lround(share * bar_width));
    const std::size_t most = group.missing == group.documents ? bar_width : bar_width - 1;
    std::string out;
    for (std::size_t i = 0; i < std::clamp<std::size_t>(length, 1, most); ++i)
        out += glyph;
    return out;
}

/// What is shown, and behind it one group for all that are not: how many there are is in its name.
std::vector<Group> shown_groups(const Assessment::ByField& by) {
    const auto& groups = by.breakdown.groups;
    if (by.grouping.interval || groups.size() <= most_rows)
        return groups;
    std::vector<Group> out(groups.begin(), groups.begin() + most_rows);
    Group rest;
    std::size_t count = 0;
    for (auto group = groups.begin() + most_rows; group != groups.end(); ++group) {
        if (!group->value) {
            out.push_back(*group);
            continue;
        }
        ++count;
        rest.missing += group->missing;
        rest.documents += group->documents;
    }
    rest.value = fmt::format("({} other values)", count);
    if (count > 0)
        out.push_back(rest);
    return out;
}

std::string title(const Backfill& backfill, const Grouping& grouping) {
    return fmt::format("Missing {} by {}{}", backfill.field_label, printable(grouping.field),
                       grouping.interval ? fmt::format(" ({})", to_string(*grouping.interval)) : "");
}

Table group_table(const Assessment::ByField& by, std::string_view glyph) {
    Table table({"value", "missing", "of", ""});
    for (const Group& group : shown_groups(by)) {
        // The bars begin at one column.
        std::string drawn = bar(group, glyph);
        const std::size_t glyphs = glyph.empty() ? 0 : drawn.size() / glyph.size();
        drawn += std::string(bar_width - glyphs, ' ');
        table.add({name_of(group), fmt::to_string(group.missing), fmt::to_string(group.documents), std::move(drawn)});
    }
    return table;
}

Table comparison_table(const Backfill& backfill, const Snapshot& before, const Snapshot& after) {
    Table out({"", "before", "after", "change"});
    for (ComparisonRow& row : compare(backfill, before, after))
        out.add({std::move(row.label), std::move(row.before), std::move(row.after), std::move(row.change)});
    return out;
}

std::vector<std::string> sample_names(const Backfill& backfill, const std::vector<DocumentId>& samples) {
    const bool one_index =
        std::ranges::all_of(samples, [&](const DocumentId& sample) { return sample.index == backfill.index; });
    std::vector<std::string> out;
    for (const DocumentId& sample : samples)
        out.push_back(one_index ? printable(sample.id)
                                : fmt::format("{}/{}", printable(sample.index), printable(sample.id)));
    return out;
}

std::string sample_title(const Backfill& backfill, const std::vector<DocumentId>& samples) {
    return fmt::format("{} without {}, {} of them:", capitalized_name(backfill), backfill.field_label, samples.size());
}

std::string summary(const Backfill& backfill, const Snapshot& now) {
    std::vector<std::string> counts;
    for (const auto& [name, value] : numbers(backfill, now))
        counts.push_back(fmt::format("{} {}", value, name.short_label));
    return fmt::format("{}: {} in {}", to_string(verdict(now)), fmt::join(counts, ", "), printable(now.index));
}

std::string replaced(std::string_view text, std::initializer_list<std::pair<char, std::string_view>> escapes) {
    std::string out;
    for (const char c : text) {
        const auto* escape = std::ranges::find(escapes, c, [](const auto& pair) { return pair.first; });
        if (escape == escapes.end())
            out += c;
        else
            out += escape->second;
    }
    return out;
}

std::string annotation(std::string_view level, const Backfill& backfill, std::string_view message) {
    return fmt::format("::{} title={}::{}\n", level,
                       replaced("Backfill of " + backfill.name,
                                {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}, {':', "%3A"}, {',', "%2C"}}),
                       replaced(message, {{'%', "%25"}, {'\r', "%0D"}, {'\n', "%0A"}}));
}

/// An output's name has letters, digits, - and _ only.
std::string output_name(std::string key) {
    std::ranges::replace_if(
        key,
        [](char c) {
            return !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                     c == '_');
        },
        '_');
    return key;
}

} // namespace

std::string text_assessment(const Backfill& backfill, const Assessment& assessment, Glyphs glyphs,
                            const VerdictText& verdict_text) {
    std::string out = text_report(backfill, assessment.now, verdict_text);
    if (assessment.before)
        out += "\n" + comparison_table(backfill, *assessment.before, assessment.now).text();
    if (assessment.by)
        out += fmt::format("\n{}\n{}", title(backfill, assessment.by->grouping),
                           group_table(*assessment.by, glyphs == Glyphs::unicode ? "█" : "#").text());
    if (assessment.samples) {
        out += fmt::format("\n{}\n", sample_title(backfill, *assessment.samples));
        for (const std::string& name : sample_names(backfill, *assessment.samples))
            out += name + "\n";
    }
    return out;
}

std::string json_assessment(const Backfill& backfill, const Assessment& assessment) {
    json::object out = report_members(backfill, assessment.now);
    if (assessment.before)
        for (auto& member : comparison_members(backfill, *assessment.before, assessment.now))
            out[member.key()] = std::move(member.value());
    if (assessment.by) {
        const auto& [grouping, breakdown] = *assessment.by;
        json::array groups;
        for (const Group& group : breakdown.groups)
            groups.push_back(json::object{{"value", group.value ? json::value(*group.value) : json::value(nullptr)},
                                          {"missing", group.missing},
                                          {"documents", group.documents}});
        out["by"] = json::object{{"field", grouping.field},
                                 {"interval", grouping.interval ? json::value(to_string(*grouping.interval)) : nullptr},
                                 {"groups", std::move(groups)}};
    }
    if (assessment.samples) {
        json::array samples;
        for (const DocumentId& sample : *assessment.samples)
            samples.push_back(json::object{{"index", sample.index}, {"id", sample.id}});
        out["samples"] = std::move(samples);
    }
    return json::serialize(out);
}

std::string markdown_assessment(const Backfill& backfill, const Assessment& assessment) {
    const Snapshot& now = assessment.now;
    std::string out = fmt::format("**{}**: {} of {} at {}\n\n", to_string(verdict(now)), markdown_text(backfill.name),
                                  markdown_text(printable(now.index)), to_rfc3339(now.ts));
    if (assessment.before) {
        out += comparison_table(backfill, *assessment.before, now).markdown();
    } else {
        Table table({"", "documents"});
        for (const auto& [name, value] : numbers(backfill, now))
            table.add({name.label, fmt::to_string(value)});
        table.add({"Coverage", percent(coverage(now))});
        out += table.markdown();
    }
    if (!assessment.broken.empty())
        out += "\n";
    for (const std::string& broken : assessment.broken)
        out += fmt::format("- **not met**: {}\n", markdown_text(broken));
    if (assessment.by) {
        Table table({"value", "missing", "of"});
        for (const Group& group : shown_groups(*assessment.by))
            table.add({name_of(group), fmt::to_string(group.missing), fmt::to_string(group.documents)});
        out += fmt::format("\n{}\n\n{}", markdown_text(title(backfill, assessment.by->grouping)), table.markdown());
    }
    if (assessment.samples) {
        out += fmt::format("\n{}\n\n", markdown_text(sample_title(backfill, *assessment.samples)));
        for (const std::string& name : sample_names(backfill, *assessment.samples))
            out += fmt::format("- {}\n", markdown_text(name));
    }
    return out;
}

std::string github_annotations(const Backfill& backfill, const Assessment& assessment) {
    const bool all_clear = verdict(assessment.now) == Verdict::ok;
    std::string out = annotation(all_clear ? "notice" : "warning", backfill, summary(backfill, assessment.now));
    for (const std::string& broken : assessment.broken)
        out += annotation("error", backfill, broken);
    return out;
}

std::string github_outputs(const Backfill& backfill, const Assessment& assessment) {
    const Snapshot& now = assessment.now;
    std::string out;
    for (const auto& [name, value] : numbers(backfill, now))
        out += fmt::format("{}={}\n", output_name(name.key), value);
    const auto share = coverage(now);
    return out + fmt::format("coverage={}\nverdict={}\ntimestamp={}\n", share ? fmt::format("{:.4f}", *share) : "n/a",
                             to_string(verdict(now)), to_rfc3339(now.ts));
}

} // namespace health
