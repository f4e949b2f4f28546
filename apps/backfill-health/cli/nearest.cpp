#include <cli/nearest.hpp>

#include <algorithm>
#include <numeric>

namespace cli {

namespace {

/// Levenshtein's: insertions, deletions and replacements.
std::size_t edit_distance(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, replaced});
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

} // namespace cli
