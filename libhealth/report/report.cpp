#include <report/report.hpp>

#include <base/columns.hpp>
#include <base/printable.hpp>
#include <model/members.hpp>
#include <model/names.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace health {

namespace json = boost::json;

std::string plain_verdict(Verdict verdict) {
    return std::string(to_string(verdict));
}

std::string text_report(const Backfill& backfill, const Snapshot& snapshot, const VerdictText& verdict_text) {
    const auto lines = numbers(backfill, snapshot);
    const auto length = [](const Number& number) { return columns_of(number.name.label); };
    const std::size_t widest = length(std::ranges::max(lines, {}, length));
    std::string out = fmt::format("{}{}\n", index_label, printable(snapshot.index));
    for (const auto& [name, value] : lines)
        out += fmt::format("{} {}\n", align_left(name.label + ":", widest + 1), value);
    out += fmt::format("{}{}  @ {}\n", verdict_label, verdict_text(verdict(snapshot)), to_rfc3339(snapshot.ts));
    for (const auto& [rule, documents] : snapshot.broken)
        out += fmt::format("{}{}: {}\n", broken_label, rule, documents);
    return out;
}

json::object report_members(const Backfill& backfill, const Snapshot& snapshot) {
    const bool nested = backfill.shape == DocumentShape::nested;
    json::object out = snapshot_members(backfill, snapshot, MembersOf::report);
    if (nested || !snapshot.broken.empty())
        out[key::rules] = rule_members(snapshot);
    out[key::timestamp] = to_rfc3339(snapshot.ts);
    out[key::verdict] = to_string(verdict(snapshot));
    return out;
}

json::object arrival_members(const Arrivals& arrivals) {
    return {{"since", to_rfc3339(arrivals.since)}, {"total", arrivals.total}, {key::missing, arrivals.missing}};
}

} // namespace health
