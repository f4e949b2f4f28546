#include <model/snapshot.hpp>

#include <base/numbers.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace health {

Verdict verdict(const Snapshot& snapshot) {
    const bool fits =
        std::ranges::all_of(snapshot.derived, [&](std::uint64_t derived) { return derived <= snapshot.present; });
    return snapshot.missing == 0 && snapshot.present > 0 && fits && total_broken(snapshot) == 0 ? Verdict::ok
                                                                                                : Verdict::check;
}

std::string_view to_string(Verdict verdict) {
    return verdict == Verdict::ok ? "OK" : "CHECK";
}

bool is_done(const Snapshot& snapshot) {
    Snapshot earlier = snapshot;
    if (snapshot.arrivals)
        earlier.missing -= snapshot.arrivals->missing;
    return verdict(earlier) == Verdict::ok;
}

std::optional<double> coverage(const Snapshot& snapshot) {
    return snapshot.derived.empty() ? std::nullopt : share(std::ranges::min(snapshot.derived), snapshot.present);
}

std::string describe_coverage(const std::optional<double>& share) {
    return share ? fmt::format("{:.4f}", visible_share(*share)) : "n/a";
}

std::uint64_t total_broken(const Snapshot& snapshot) {
    std::uint64_t out = 0;
    for (const BrokenRule& broken : snapshot.broken)
        out += broken.documents;
    return out;
}

std::optional<std::uint64_t> broken_documents(const Snapshot& snapshot, std::string_view rule) {
    const auto found = std::ranges::find(snapshot.broken, rule, &BrokenRule::rule);
    return found == snapshot.broken.end() ? std::nullopt : std::optional(found->documents);
}

} // namespace health
