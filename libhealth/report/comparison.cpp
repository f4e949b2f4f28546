#include <report/comparison.hpp>

#include <base/numbers.hpp>
#include <model/members.hpp>
#include <model/names.hpp>
#include <report/rate.hpp>
#include <report/report.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cmath>

namespace health {

namespace json = boost::json;

namespace {

std::string difference(std::uint64_t before, std::uint64_t after) {
    return signed_number(static_cast<std::int64_t>(after - before));
}

std::string rounded(double value) {
    return signed_number(value, std::abs(value) >= 1000 ? 0 : 1);
}

ComparisonRow coverage_row(const Snapshot& before, const Snapshot& after) {
    const auto old_share = coverage(before);
    const auto new_share = coverage(after);
    return {.label = "Coverage",
            .before = percent(old_share),
            .after = percent(new_share),
            .change = old_share && new_share ? rounded((*new_share - *old_share) * 100) + " pp" : "n/a"};
}

/// Documents that got the field.
std::string fill_rate(const Snapshot& before, const Snapshot& after) {
    constexpr double slow = 1;
    const std::chrono::duration<double> time = after.ts - before.ts;
    if (time.count() <= 0)
        return "n/a";
    const double filled = static_cast<double>(after.present) - static_cast<double>(before.present);
    const auto [value, unit] = readable_rate(filled / time.count(), slow);
    return rounded(value).append(unit);
}

ComparisonRow rate_row(const Snapshot& before, const Snapshot& after) {
    return {.label = "Fill rate", .before = "-", .after = "-", .change = fill_rate(before, after)};
}

/// A percentage point, less what a double cannot express: 0.94 - 0.01 is less than 0.93.
constexpr double coverage_tolerance = 0.01 - 1e-9;

/// Of the rules that both snapshots have.
json::object rule_changes(const Snapshot& before, const Snapshot& after) {
    json::object out;
    for (const auto& [rule, documents] : after.broken)
        if (const auto old_documents = broken_documents(before, rule))
            out[rule] = static_cast<std::int64_t>(documents - *old_documents);
    return out;
}

} // namespace

std::vector<ComparisonRow> compare(const Backfill& backfill, const std::optional<Snapshot>& before,
                                   const Snapshot& after) {
    std::vector<ComparisonRow> out;
    const auto new_numbers = numbers(backfill, after);
    const auto old_values = before ? values(*before) : std::vector<std::uint64_t>();
    for (std::size_t i = 0; i < new_numbers.size(); ++i)
        out.push_back({.label = new_numbers[i].name.label,
                       .before = before ? fmt::to_string(old_values.at(i)) : "-",
                       .after = fmt::to_string(new_numbers[i].value),
                       .change = before ? difference(old_values.at(i), new_numbers[i].value) : "-"});
    for (const auto& [rule, documents] : after.broken) {
        const auto old_documents = before ? broken_documents(*before, rule) : std::nullopt;
        out.push_back({.label = fmt::format("{}{}", broken_label, rule),
                       .before = old_documents ? fmt::to_string(*old_documents) : "-",
                       .after = fmt::to_string(documents),
                       .change = old_documents ? difference(*old_documents, documents) : "-"});
    }
    if (before) {
        out.push_back(coverage_row(*before, after));
        out.push_back(rate_row(*before, after));
    } else {
        out.push_back({.label = "Coverage", .before = "-", .after = percent(coverage(after)), .change = "-"});
        out.push_back({.label = "Fill rate", .before = "-", .after = "-", .change = "-"});
    }
    return out;
}

json::object comparison_members(const Backfill& backfill, const std::optional<Snapshot>& before,
                                const Snapshot& after) {
    if (!before)
        return {{key::before, nullptr}, {key::change, nullptr}};
    std::vector<json::value> differences;
    const auto old_values = values(*before);
    for (const std::uint64_t value : values(after))
        differences.emplace_back(static_cast<std::int64_t>(value - old_values.at(differences.size())));
    json::object change = number_members(backfill, std::move(differences), MembersOf::report);
    if (!after.broken.empty())
        change[key::rules] = rule_changes(*before, after);
    return {{key::before, report_members(backfill, *before)}, {key::change, std::move(change)}};
}

std::vector<std::string> regressions(const Backfill& backfill, const Snapshot& before, const Snapshot& after) {
    std::vector<std::string> out;
    const auto old_values = values(before);
    std::size_t i = 0;
    for (const auto& [name, value] : numbers(backfill, after)) {
        const std::uint64_t old_value = old_values.at(i++);
        const bool worse = name.quantity == Quantity::missing ? value > old_value : value < old_value;
        if (worse)
            out.push_back(fmt::format("regression: {} was {} and is now {}", name.label, old_value, value));
    }
    for (const auto& [rule, documents] : after.broken)
        if (const auto old_documents = broken_documents(before, rule); old_documents && documents > *old_documents)
            out.push_back(fmt::format("regression: documents that break {} were {} and are now {}", rule,
                                      *old_documents, documents));
    const auto old_share = coverage(before);
    const auto new_share = coverage(after);
    // Some documents have nothing to derive, so the share moves a little while a backfill goes on.
    if (old_share && new_share.value_or(0) <= *old_share - coverage_tolerance)
        out.push_back(fmt::format("regression: coverage was {} and is now {}", describe_coverage(old_share),
                                  describe_coverage(new_share)));
    return out;
}

} // namespace health
