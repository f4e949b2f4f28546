#include <base/nearest.hpp>

#include <algorithm>
#include <numeric>
#include <utility>

namespace health {

namespace {

/// Insertions, deletions, replacements and swaps of neighbours (optimal string alignment).
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> before_last(b.size() + 1);
    std::vector<std::size_t> last(b.size() + 1);
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::swap(before_last, last);
        std::swap(last, row);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const bool same = a[i - 1] == b[j - 1];
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + (same ? 0 : 1)});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
    }
    return row.back();
}

} // namespace

std::optional<std::string> nearest(std::string_view word, const std::vector<std::string_view>& candidates) {
    if (candidates.empty())
        return std::nullopt;
    constexpr std::size_t shortest_abbreviation = 3;
    const auto abbreviated =
        std::ranges::find_if(candidates, [&](std::string_view candidate) { return candidate.starts_with(word); });
    if (word.size() >= shortest_abbreviation && abbreviated != candidates.end())
        return std::string(*abbreviated);
    const auto distance = [&](std::string_view candidate) { return edit_distance(word, candidate); };
    const auto best = std::ranges::min(candidates, {}, distance);
    const bool alike = distance(best) <= std::max<std::size_t>(1, best.size() / 3);
    return alike ? std::optional(std::string(best)) : std::nullopt;
}

} // namespace health
