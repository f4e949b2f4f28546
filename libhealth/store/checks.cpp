#include <store/checks.hpp>

#include <base/nearest.hpp>
#include <base/printable.hpp>
#include <base/time.hpp>
#include <model/names.hpp>
#include <store/remedy.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace health {

Finding check_measurement(const Backfill& backfill, const Result<Snapshot>& snapshot) {
    const auto finding = [](Severity severity, std::string message, Hint hint = {}) {
        return Finding{
            .check = "measurement", .severity = severity, .message = std::move(message), .hint = std::move(hint)};
    };
    if (!snapshot)
        return finding(Severity::problem, snapshot.error().message, snapshot.error().hint);
    if (snapshot->population() == 0)
        return finding(Severity::problem, printable(describe_no_match(backfill), 200),
                       Remedy::check_population_and_index);
    std::string counts =
        fmt::format("{} {}: {} without {}, {} with", snapshot->population(), printable(backfill.name, 40),
                    snapshot->missing, printable(backfill.field, 60), snapshot->present);
    for (const auto& [name, count] : numbers(backfill, *snapshot))
        if (name.quantity == Quantity::derived)
            counts += fmt::format(", {} of these with {}", count, printable(name.field, 60));
    return finding(Severity::ok, std::move(counts));
}

Finding absent_field(const Backfill& backfill) {
    return {.check = role::field,
            .severity = Severity::warning,
            .message = fmt::format("no {} have {}", printable(backfill.name, 40), printable(backfill.field, 80)),
            .hint = {Remedy::wait_for_first_run, role::field}};
}

Finding absent_derived(const Backfill& backfill, const std::string& derived) {
    return {.check = role::derived,
            .severity = Severity::warning,
            .message = fmt::format("no {} with {} have {}", printable(backfill.name, 40), printable(backfill.field, 80),
                                   printable(derived, 80)),
            .hint = Remedy::check_derived};
}

Finding about_rule(const Rule& rule, Severity severity, std::string_view message, Hint hint) {
    return {.check = "rule",
            .severity = severity,
            .message = fmt::format("\"{}\": {}", printable(rule.text, 100), message),
            .hint = std::move(hint)};
}

Finding usable_rule(const Rule& rule) {
    return about_rule(rule, Severity::ok, "can be judged");
}

Hint hint_for_unknown_field(const std::string& field, std::span<const std::string> known) {
    if (known.empty())
        return "check its name";
    const auto guess = nearest(field, {known.begin(), known.end()});
    return guess ? fmt::format("did you mean {}?", printable(*guess, 80))
                 : "check its name: no field has a similar name";
}

std::string role_of(const Backfill& backfill, const std::string& field) {
    if (field == backfill.field)
        return role::field;
    return std::ranges::find(backfill.derived, field) != backfill.derived.end() ? role::derived : "";
}

Error too_many_groups(const Grouping& grouping) {
    return {ErrorKind::usage, fmt::format("{} has more than {} values", grouping.field, max_groups),
            grouping.interval ? Hint(Remedy::choose_longer_interval, grouping.field) : Remedy::choose_fewer_groups};
}

Finding check_latest(const Result<std::optional<Timestamp>>& latest, Timestamp now) {
    constexpr std::chrono::hours old(2);
    constexpr std::chrono::minutes tolerated(5);
    const auto finding = [](Severity severity, std::string message, Hint hint = {}) {
        return Finding{
            .check = "last-snapshot", .severity = severity, .message = std::move(message), .hint = std::move(hint)};
    };
    if (!latest)
        return not_checked("last-snapshot", latest.error().message, latest.error().hint);
    if (!*latest)
        return finding(Severity::warning, "none yet", Remedy::store_snapshot);
    const std::chrono::seconds age = now - **latest;
    if (age < -tolerated)
        return finding(Severity::warning, fmt::format("its time is {} in the future", in_words(-age)),
                       "check the clock of the machine that stored it");
    if (age > old)
        return finding(Severity::warning, ago(**latest, now), Remedy::schedule_snapshots);
    return finding(Severity::ok, ago(**latest, now));
}

} // namespace health
