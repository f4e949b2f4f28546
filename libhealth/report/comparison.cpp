#include <report/comparison.hpp>

#include <base/numbers.hpp>
#include <report/assessment.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cmath>

namespace health {

namespace {

std::string difference(std::uint64_t before, std::uint64_t after) {
    if (after == before)
        return "0";
    return after > before ? fmt::format("+{}", after - before) : fmt::format("-{}", before - after);
}

double change_of_missing(const Snapshot& before, const Snapshot& after) {
    return static_cast<double>(after.missing) - static_cast<double>(before.missing);
}

std::string rounded(double value) {
    return signed_number(value, std::abs(value) >= 1000 ? 0 : 1);
}

ComparisonRow coverage_row(const Snapshot& before, const Snapshot& after) {
    const auto old_share = coverage(before);
    const auto new_share = coverage(after);
    return {.label = "Coverage",
            .cells = {percent(old_share), percent(new_share),
                      old_share && new_share ? rounded((*new_share - *old_share) * 100) + " pp" : "n/a"}};
}

ComparisonRow rate_row(const Snapshot& before, const Snapshot& after) {
    const std::chrono::duration<double, std::ratio<3600>> hours = after.ts - before.ts;
    return {.label = "Rate (missing per hour)",
            .cells = {"-", "-", hours.count() > 0 ? rounded(change_of_missing(before, after) / hours.count()) : "n/a"}};
}

constexpr double coverage_tolerance = 0.01;

} // namespace

std::array<std::string, 3> number_labels(const Backfill& backfill) {
    const std::string name = capitalized_name(backfill);
    return {fmt::format("Missing {} ({})", backfill.field_label, backfill.name),
            fmt::format("{} with {}", name, backfill.field_label), fmt::format("{} with {}", name, backfill.derived)};
}

std::array<std::uint64_t, 3> numbers(const Snapshot& snapshot) {
    return {snapshot.missing, snapshot.present, snapshot.derived};
}

std::string percent(std::optional<double> share) {
    return share ? fmt::format("{:.1f} %", *share * 100) : "n/a";
}

std::vector<ComparisonRow> compare(const Backfill& backfill, const Snapshot& before, const Snapshot& after) {
    std::vector<ComparisonRow> out;
    const auto labels = number_labels(backfill);
    const auto old_values = numbers(before);
    const auto new_values = numbers(after);
    for (std::size_t i = 0; i < labels.size(); ++i)
        out.push_back({.label = labels.at(i),
                       .cells = {fmt::to_string(old_values.at(i)), fmt::to_string(new_values.at(i)),
                                 difference(old_values.at(i), new_values.at(i))}});
    out.push_back(coverage_row(before, after));
    out.push_back(rate_row(before, after));
    return out;
}

std::vector<std::string> regressions(const Backfill& backfill, const Snapshot& before, const Snapshot& after) {
    std::vector<std::string> out;
    const auto labels = number_labels(backfill);
    const auto old_values = numbers(before);
    const auto new_values = numbers(after);
    for (std::size_t i = 0; i < labels.size(); ++i) {
        const bool worse = i == 0 ? new_values.at(i) > old_values.at(i) : new_values.at(i) < old_values.at(i);
        if (worse)
            out.push_back(
                fmt::format("regression: {} was {} and is {}", labels.at(i), old_values.at(i), new_values.at(i)));
    }
    const auto old_share = coverage(before);
    const auto new_share = coverage(after);
    // Some documents have nothing to derive, so the share moves a little while a backfill goes on.
    if (old_share && new_share.value_or(0) <= *old_share - coverage_tolerance)
        out.push_back(fmt::format("regression: coverage was {:.4f} and is {}", *old_share,
                                  new_share ? fmt::format("{:.4f}", *new_share) : "n/a"));
    return out;
}

} // namespace health
