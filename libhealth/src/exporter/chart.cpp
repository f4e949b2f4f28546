#include "chart.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace health::exporter {

namespace {

constexpr double width = 1000;
constexpr double height = 200;
constexpr double margin = 8; ///< so that a line at the edge is whole

struct Scale {
    Timestamp from;
    Timestamp to;
    double most = 0;

    [[nodiscard]] std::string place(const Point& point) const {
        const auto span = static_cast<double>(std::max<std::int64_t>((to - from).count(), 1));
        const double x = width * static_cast<double>((point.ts - from).count()) / span;
        const double y = margin + (height - 2 * margin) * (1 - (most > 0 ? point.missing / most : 0));
        return fmt::format("{:.1f},{:.1f} ", x, y);
    }
};

/// A stretch without any snapshot is not drawn over.
std::vector<std::vector<Point>> pieces(const Trend& trend) {
    constexpr auto longest_step = std::chrono::hours(1);
    std::vector<std::vector<Point>> out(1);
    for (const Point& point : trend.stored) {
        if (!out.back().empty() && point.ts - out.back().back().ts > longest_step)
            out.emplace_back();
        out.back().push_back(point);
    }
    if (trend.stored.empty() || trend.seen.empty() || trend.seen.front().ts - trend.stored.back().ts > 2 * longest_step)
        out.emplace_back();
    out.back().insert(out.back().end(), trend.seen.begin(), trend.seen.end());
    return out;
}

} // namespace

std::string render_chart(const Trend& trend) {
    std::vector<Point> all = trend.stored;
    all.insert(all.end(), trend.seen.begin(), trend.seen.end());
    if (all.size() < 2)
        return {};
    const Scale scale{
        .from = all.front().ts, .to = all.back().ts, .most = std::ranges::max(all, {}, &Point::missing).missing};
    std::string lines;
    for (const auto& piece : pieces(trend)) {
        std::string points;
        for (const Point& point : piece)
            points += scale.place(point);
        // A point alone would be no line: a round cap makes it a dot.
        if (piece.size() == 1)
            points += points;
        if (!points.empty())
            lines += fmt::format("<polyline points=\"{}\"/>", points);
    }
    return fmt::format(
        "<figure>\n<figcaption><span>Missing over time</span><span class=\"top\">{0:.0f}</span></figcaption>\n"
        "<svg viewBox=\"0 0 {1} {2}\" preserveAspectRatio=\"none\" role=\"img\" "
        "aria-label=\"Missing documents: {3:.0f} at {4}, {5:.0f} at {6}, {0:.0f} at most\">{7}</svg>\n"
        "<p class=\"axis\"><time datetime=\"{4}\">{4}</time><time datetime=\"{6}\">{6}</time></p>\n</figure>\n",
        scale.most, width, height, all.front().missing, to_rfc3339(scale.from), all.back().missing,
        to_rfc3339(scale.to), lines);
}

} // namespace health::exporter
