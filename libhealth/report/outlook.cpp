#include <report/outlook.hpp>

#include <base/time.hpp>
#include <report/rate.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <variant>

namespace health {

namespace {

/// "5.8/s", or "72.0/h" where that would be 0.0/s. `what` stands before the unit: "5.8 new documents/s".
std::string rate(double per_second, std::string_view what = "") {
    constexpr double slow = 0.1;
    const auto [value, unit] = readable_rate(std::abs(per_second), slow);
    return fmt::format("{:.{}f}{}{}", value, value >= 100 ? 0 : 1, what, unit);
}

} // namespace

std::chrono::seconds rounded_up(Progress::Seconds time) {
    return std::max(std::chrono::ceil<std::chrono::seconds>(time), std::chrono::seconds(1));
}

std::string describe_change(double per_second) {
    if (per_second == 0)
        return "unchanged";
    return fmt::format("{} by {}", per_second < 0 ? "falling" : "rising", rate(per_second));
}

std::string describe_change(const Progress::Trend& trend) {
    return fmt::format("{} in {}", describe_change(trend.missing), describe_window(window_of(trend)));
}

std::chrono::seconds window_of(const Progress::Trend& trend) {
    constexpr Progress::Seconds least = std::chrono::seconds(55);
    constexpr Progress::Seconds most = std::chrono::seconds(70);
    return trend.over >= least && trend.over <= most ? std::chrono::minutes(1) : rounded_up(trend.over);
}

std::string describe_window(std::chrono::seconds window) {
    return "the last " + (window == std::chrono::minutes(1) ? "minute" : in_words(window));
}

std::string describe_left(const Progress::Estimate& estimate) {
    const std::string soonest = in_words(rounded_up(estimate.soonest));
    return fmt::format("{} left ({} {})", in_words(rounded_up(estimate.expected)), soonest,
                       estimate.latest ? "to " + in_words(rounded_up(*estimate.latest)) : "or more");
}

std::string describe_reason(const Progress::NoEstimate& no_estimate, const Backfill& backfill) {
    const std::string time = in_words(std::chrono::floor<std::chrono::seconds>(no_estimate.time));
    switch (no_estimate.reason) {
    case Progress::Reason::nothing_filled:
        return fmt::format("nothing filled for {}", time) +
               (no_estimate.per_second > 0 ? fmt::format("; {} arrive without {}",
                                                         rate(no_estimate.per_second, " new documents"), backfill.field)
                                           : "");
    case Progress::Reason::not_gaining:
        return fmt::format("missing has not fallen for {}; {} arrive", time,
                           rate(no_estimate.per_second, " new documents"));
    case Progress::Reason::removed:
        return fmt::format("{} lose {}", rate(no_estimate.per_second, " documents"), backfill.field);
    case Progress::Reason::deleted:
        return fmt::format("{} are being deleted; how many are filled is unknown",
                           rate(no_estimate.per_second, " documents"));
    case Progress::Reason::nothing_missing:
    case Progress::Reason::too_little_seen:
    case Progress::Reason::not_measured:
        break;
    }
    return "";
}

std::string describe_outlook(const Progress::Outlook& outlook, const Backfill& backfill) {
    if (const auto* estimate = std::get_if<Progress::Estimate>(&outlook))
        return "about " + describe_left(*estimate);
    return describe_reason(std::get<Progress::NoEstimate>(outlook), backfill);
}

std::string_view reason_name(Progress::Reason reason) {
    switch (reason) {
    case Progress::Reason::nothing_missing:
        return "nothing_missing";
    case Progress::Reason::too_little_seen:
        return "too_little_seen";
    case Progress::Reason::not_measured:
        return "not_measured";
    case Progress::Reason::nothing_filled:
        return "nothing_filled";
    case Progress::Reason::not_gaining:
        return "not_gaining";
    case Progress::Reason::removed:
        return "removed";
    case Progress::Reason::deleted:
        break;
    }
    return "deleted";
}

} // namespace health
