#include <base/printable.hpp>
#include <base/text.hpp>
#include <model/names.hpp>
#include <report/assessment.hpp>
#include <report/assessment_parts.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace health {

namespace {

std::string summary(const Backfill& backfill, const Assessment& assessment) {
    const Snapshot& now = assessment.now;
    std::vector<std::string> counts;
    for (const auto& [name, value] : numbers(backfill, now))
        counts.push_back(fmt::format("{} {}", value, name.short_label));
    if (std::string broken = describe_broken(now); !broken.empty())
        counts.push_back(std::move(broken));
    return fmt::format("{}: {} in {}", to_string(verdict(assessment)), join(counts, ", "), printable(now.index));
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
    std::ranges::replace_if(key, [](char c) { return !(is_letter_or_digit(c) || c == '-' || c == '_'); }, '_');
    return key;
}

} // namespace

std::string github_annotations(const Backfill& backfill, const Assessment& assessment) {
    const bool all_clear = verdict(assessment) == Verdict::ok;
    std::string out = annotation(all_clear ? "notice" : "warning", backfill, summary(backfill, assessment));
    if (assessment.verified)
        out += annotation(assessment.verified->wrong == 0 ? "notice" : "warning", backfill,
                          assessment_parts::verified_line(*assessment.verified));
    for (const std::string& condition : assessment.unmet)
        out += annotation("error", backfill, condition);
    return out;
}

std::string github_outputs(const Backfill& backfill, const Assessment& assessment, OutputNames names) {
    const Snapshot& now = assessment.now;
    const bool has_own_keys = backfill.shape == DocumentShape::flat;
    const std::string prefix =
        names == OutputNames::prefixed && !has_own_keys ? output_name(backfill.name) + "_" : std::string();
    std::string out;
    for (const auto& [name, value] : numbers(backfill, now))
        out += fmt::format("{}{}={}\n", prefix, output_name(name.key), value);
    if (!now.broken.empty())
        out += fmt::format("{}{}={}\n", prefix, key::broken, total_broken(now));
    if (assessment.verified)
        out += fmt::format("{0}sampled={1}\n{0}as_expected={2}\n", prefix, assessment.verified->sampled,
                           assessment.verified->as_expected());
    const auto share = coverage(now);
    const auto add = [&](std::string_view name, std::string_view value) {
        out += fmt::format("{}{}={}\n", prefix, name, value);
    };
    add(key::coverage, describe_coverage(share));
    add(key::verdict, to_string(verdict(assessment)));
    add(key::timestamp, to_rfc3339(now.ts));
    return out;
}

} // namespace health
