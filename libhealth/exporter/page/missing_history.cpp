#include <exporter/page/missing_history.hpp>

#include <algorithm>
#include <span>

namespace health::exporter {

namespace {

/// The lower median of the distances between neighbours, but at least `least`. From a single distance nobody can say
/// what is usual.
std::chrono::seconds usual_distance(std::span<const MissingPoint> points, std::chrono::seconds least) {
    if (points.size() < 3)
        return least;
    std::vector<std::chrono::seconds> distances;
    for (std::size_t i = 1; i < points.size(); ++i)
        distances.push_back(points[i].ts - points[i - 1].ts);
    const auto median = distances.begin() + static_cast<std::ptrdiff_t>((distances.size() - 1) / 2);
    std::ranges::nth_element(distances, median);
    return std::max(*median, least);
}

/// Whether there is a whole hour between them. The last snapshots of two hours in a row may be almost two hours apart.
bool misses_an_hour(const MissingPoint& before, const MissingPoint& after) {
    using std::chrono::hours;
    return std::chrono::floor<hours>(after.ts) - std::chrono::floor<hours>(before.ts) > hours(1);
}

} // namespace

std::vector<std::vector<MissingPoint>> pieces(const MissingHistory& history) {
    using namespace std::chrono_literals;
    // Snapshots come by the clock: one that is missed doubles the distance.
    const std::chrono::seconds longest_stored = usual_distance(history.stored, 1h) * 3 / 2;
    // A slow measurement is not an outage.
    const std::chrono::seconds longest_seen =
        usual_distance(history.seen, std::max<std::chrono::seconds>(history.refresh_interval, 20s)) * 3;
    std::vector<std::vector<MissingPoint>> out;
    const auto add = [&out](const MissingPoint& point, bool cut) {
        if (out.empty() || cut)
            out.emplace_back();
        out.back().push_back(point);
    };
    const auto add_after_stored = [&](const MissingPoint& point) {
        const MissingPoint* before = out.empty() ? nullptr : &out.back().back();
        add(point, before != nullptr && point.ts - before->ts > longest_stored && misses_an_hour(*before, point));
    };
    std::ranges::for_each(history.stored, add_after_stored);
    for (std::size_t i = 0; i < history.seen.size(); ++i) {
        const MissingPoint& point = history.seen[i];
        if (i == 0)
            add_after_stored(point);
        else
            add(point, point.after_failure || point.ts - history.seen[i - 1].ts > longest_seen);
    }
    return out;
}

} // namespace health::exporter
