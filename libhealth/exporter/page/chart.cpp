#include <exporter/page/chart.hpp>

#include <base/encoding.hpp>
#include <exporter/page/wording.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace health::exporter {

namespace {

/// The size of the drawing in both directions. It is stretched to the available room; all text is outside of it.
constexpr int size = 1000;
constexpr int max_count_steps = 4;
constexpr int max_time_steps = 8;
constexpr int max_steps_of_seconds = 5; // their labels need more room
constexpr int max_steps_on_a_phone = 5;
constexpr int max_steps_of_seconds_on_a_phone = 3;

struct Position {
    int x = 0;
    int y = 0;

    bool operator==(const Position&) const = default;
};

struct Scale {
    Timestamp from;
    Timestamp to;
    double step = 1; ///< between two lines of the grid, of which the lowest is 0
    int steps = 1;

    /// Clamped, as a clock may have been set back.
    [[nodiscard]] double share(Timestamp ts) const {
        return std::clamp(static_cast<double>((ts - from).count()) / static_cast<double>((to - from).count()), 0.0,
                          1.0);
    }

    [[nodiscard]] Position place(const MissingPoint& point) const {
        return {.x = static_cast<int>(std::lround(size * share(point.ts))),
                .y = static_cast<int>(std::lround(size * (1 - static_cast<double>(point.missing) / (step * steps))))};
    }
};

Scale scale_for(const std::vector<MissingPoint>& points) {
    const auto most = static_cast<double>(std::ranges::max(points, {}, &MissingPoint::missing).missing);
    Scale out{.from = points.front().ts, .to = points.back().ts};
    constexpr std::array step_factors{2.0, 2.5, 2.0}; // 1, 2, 5, 10, 20, 50...
    for (std::size_t i = 0; most > max_count_steps * out.step; ++i)
        out.step *= step_factors.at(i % step_factors.size());
    out.steps = std::max(1, static_cast<int>(std::ceil(most / out.step)));
    return out;
}

/// The corners of its line: what lies on the way from one to the next is left out.
std::vector<Position> corners(const std::vector<MissingPoint>& piece, const Scale& scale) {
    std::vector<Position> out;
    for (const MissingPoint& point : piece) {
        const Position place = scale.place(point);
        const std::size_t n = out.size();
        if (n >= 2 && out[n - 1].y == place.y && out[n - 2].y == place.y)
            out.back() = place;
        else if (out.empty() || out.back() != place)
            out.push_back(place);
    }
    return out;
}

std::string draw(const MissingHistory& history, const Scale& scale) {
    std::string grid;
    for (int i = 0; i <= scale.steps; ++i)
        grid += fmt::format("M0 {}H{}", size * i / scale.steps, size);
    std::string areas;
    std::string lines;
    for (const auto& piece : pieces(history)) {
        std::string line;
        const auto places = corners(piece, scale);
        for (const Position& place : places)
            line += fmt::format("{}{} {}", line.empty() ? 'M' : 'L', place.x, place.y);
        // A point alone would be no line: the round ends of one without a length make it a dot.
        lines += line + (places.size() == 1 ? "h0" : "");
        areas += fmt::format("{}V{}H{}Z", line, size, places.front().x);
    }
    return fmt::format(R"(<path class="grid" d="{}"/><path class="area" d="{}"/><path class="line" d="{}"/>)", grid,
                       areas, lines);
}

std::string short_count(double count) {
    using Unit = std::pair<double, std::string_view>;
    for (const auto& [one, letter] : {Unit{1e9, "G"}, Unit{1e6, "M"}, Unit{1e3, "k"}})
        if (count >= one)
            return fmt::format("{}{}", count / one, letter);
    return fmt::format("{}", count);
}

/// From 0 upwards.
std::string count_labels(const Scale& scale) {
    std::string out;
    for (int i = 0; i <= scale.steps; ++i)
        out += fmt::format("<span>{}</span>", short_count(i * scale.step));
    return out;
}

std::string time_labels(const Scale& scale) {
    using namespace std::chrono_literals;
    constexpr std::array<std::chrono::seconds, 20> usual{1s,    2s,    5s, 10s, 15s, 30s, 1min, 2min, 5min, 10min,
                                                         15min, 30min, 1h, 2h,  3h,  6h,  12h,  24h,  48h,  96h};
    const auto span = scale.to - scale.from;
    auto step = usual.back();
    const auto fits = [span](std::chrono::seconds s) {
        return span <= (s < 1min ? max_steps_of_seconds : max_time_steps) * s;
    };
    if (const auto* first = std::ranges::find_if(usual, fits); first != usual.end())
        step = *first;
    while (span > max_time_steps * step)
        step *= 2;
    const bool crowded = span > (step < 1min ? max_steps_of_seconds_on_a_phone : max_steps_on_a_phone) * step;
    std::string out;
    for (auto n = scale.from.time_since_epoch() / step + 1; Timestamp(n * step) < scale.to; ++n) {
        const Timestamp tick(n * step);
        const char* form = step < 1min ? "%H:%M:%S" : "%H:%M";
        if (tick.time_since_epoch() % 24h == 0s)
            form = "%e %b";
        // There is no room for a label at the very edges.
        if (const double share = scale.share(tick); share > .03 && share < .97)
            out += fmt::format(R"(<span{} style="left:{:.1f}%">{}</span>)",
                               crowded && n % 2 != 0 ? R"( class="spare")" : "", share * 100, format_utc(form, tick));
    }
    return out;
}

/// Of the two ends.
const char* time_form(const Scale& scale) {
    using std::chrono::days;
    if (std::chrono::floor<days>(scale.from) != std::chrono::floor<days>(scale.to))
        return "%e %b %H:%M";
    return scale.to - scale.from < std::chrono::minutes(5) ? "%H:%M:%S" : "%H:%M";
}

} // namespace

std::string render_chart(const MissingHistory& history, std::string_view field_label) {
    std::vector<MissingPoint> all = history.stored;
    all.insert(all.end(), history.seen.begin(), history.seen.end());
    if (all.empty() || all.front().ts >= all.back().ts)
        return {};
    const Scale scale = scale_for(all);
    const char* form = time_form(scale);
    const std::string from = format_utc(form, scale.from);
    const std::string to = format_utc(form, scale.to);
    const std::string label = escape_html(field_label);
    return fmt::format(
        "<figure>\n<figcaption><span>Missing {0} over time</span> <span class=\"soft\">{1} – {2} UTC</span>"
        "</figcaption>\n<div class=\"chart\">\n<div class=\"counts\" aria-hidden=\"true\">{3}</div>\n"
        "<svg viewBox=\"0 0 {4} {4}\" preserveAspectRatio=\"none\" role=\"img\" "
        "aria-label=\"Missing {0}: {5} at {1}, {6} at {2} UTC, {7} at most\">{8}</svg>\n"
        "<div class=\"times\" aria-hidden=\"true\">{9}</div>\n</div>\n</figure>\n",
        label, from, to, count_labels(scale), size, grouped(all.front().missing), grouped(all.back().missing),
        grouped(std::ranges::max(all, {}, &MissingPoint::missing).missing), draw(history, scale), time_labels(scale));
}

} // namespace health::exporter
