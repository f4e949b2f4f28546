#include <store/checks.hpp>

#include <base/printable.hpp>
#include <base/time.hpp>

#include <fmt/format.h>

namespace health {

Finding check_measurement(const Backfill& backfill, const Result<Snapshot>& snapshot) {
    const auto finding = [](Level level, std::string message, std::string hint = {}) {
        return Finding{.check = "measurement", .level = level, .message = std::move(message), .hint = std::move(hint)};
    };
    if (!snapshot)
        return finding(Level::problem, snapshot.error().message, snapshot.error().hint);
    if (snapshot->missing + snapshot->present == 0)
        return finding(Level::problem,
                       fmt::format("no document matches {} in {}", printable(describe_population(backfill), 80),
                                   printable(backfill.index, 80)),
                       "check --population (BACKFILL_POPULATION) and --index (ES_EMAIL_INDEX)");
    std::string counts =
        fmt::format("{} {}: {} without {}, {} with", snapshot->population(), printable(backfill.name, 40),
                    snapshot->missing, printable(backfill.field, 60), snapshot->present);
    for (std::size_t i = 0; i < backfill.derived.size(); ++i)
        counts += fmt::format(", {} of these with {}", snapshot->derived.at(i), printable(backfill.derived[i], 60));
    return finding(Level::ok, std::move(counts));
}

Finding absent_field(const Backfill& backfill) {
    return {.check = "field",
            .level = Level::warning,
            .message = fmt::format("no {} have {}", printable(backfill.name, 40), printable(backfill.field, 80)),
            .hint = "expected before the first run of the backfill; after it, check --field (BACKFILL_FIELD)"};
}

Finding absent_derived(const Backfill& backfill, const std::string& derived) {
    return {.check = "derived",
            .level = Level::warning,
            .message = fmt::format("no {} with {} have {}", printable(backfill.name, 40), printable(backfill.field, 80),
                                   printable(derived, 80)),
            .hint = "check --derived (BACKFILL_DERIVED), and whether the backfill sets it"};
}

Finding check_latest(const Result<std::optional<Timestamp>>& latest, Timestamp now) {
    constexpr std::chrono::hours old(2);
    constexpr std::chrono::minutes tolerated(5);
    const auto finding = [](Level level, std::string message, std::string hint = {}) {
        return Finding{
            .check = "last-snapshot", .level = level, .message = std::move(message), .hint = std::move(hint)};
    };
    if (!latest)
        return not_checked("last-snapshot", latest.error().message, latest.error().hint);
    if (!*latest)
        return finding(Level::warning, "none yet", "backfill-health emit");
    const std::chrono::seconds age = now - **latest;
    if (age < -tolerated)
        return finding(Level::warning, fmt::format("it is of a time to come, in {}", in_words(-age)),
                       "check the clock of whoever emits");
    if (age > old)
        return finding(Level::warning, fmt::format("{} ago", in_words(age)),
                       "backfill-health emit; and check whatever should do it every hour, such as cron");
    return finding(Level::ok, age < std::chrono::seconds(1) ? "just now" : fmt::format("{} ago", in_words(age)));
}

} // namespace health
