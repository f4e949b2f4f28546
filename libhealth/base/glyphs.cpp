#include <base/glyphs.hpp>

#include <algorithm>
#include <array>
#include <cmath>

namespace health {

std::string_view chart_column(double share, Glyphs glyphs) {
    constexpr std::array<std::string_view, 8> blocks{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    constexpr std::array<std::string_view, 8> letters{"_", ".", ":", "-", "=", "+", "*", "#"};
    const auto& columns = glyphs == Glyphs::unicode ? blocks : letters;
    const double highest = static_cast<double>(columns.size() - 1);
    return columns.at(static_cast<std::size_t>(std::lround(std::clamp(share, 0.0, 1.0) * highest)));
}

std::string bar(std::size_t filled, std::size_t empty, Glyphs glyphs) {
    const bool unicode = glyphs == Glyphs::unicode;
    std::string out;
    for (std::size_t i = 0; i < filled; ++i)
        out += unicode ? "█" : "#";
    for (std::size_t i = 0; i < empty; ++i)
        out += unicode ? "░" : "-";
    return out;
}

std::string_view ellipsis(Glyphs glyphs) {
    return glyphs == Glyphs::unicode ? "…" : "~";
}

} // namespace health
