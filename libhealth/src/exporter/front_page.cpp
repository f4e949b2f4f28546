#include "front_page.hpp"

#include "html.hpp"

#include <health/version.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <utility>

namespace health {

namespace embedded {
extern const std::string_view front_page_html;
}

namespace exporter {

namespace {

std::string ago(Timestamp ts, Timestamp now) {
    const auto seconds = std::max(now - ts, std::chrono::seconds(0));
    return fmt::format("{} ago", seconds.count() == 0 ? "0s" : to_string(std::chrono::milliseconds(seconds)));
}

std::string status(const View& view, Timestamp now) {
    if (!view.measured)
        return R"(<p class="status" role="status">Not measured yet.</p>)";
    if (!view.failing) {
        const auto last =
            Timestamp(std::chrono::seconds(static_cast<std::int64_t>(view.telemetry.last_success_seconds)));
        return fmt::format(R"(<p class="status" role="status">Measured {} ({}).</p>)", ago(last, now),
                           to_rfc3339(last));
    }
    const bool numbers =
        std::ranges::any_of(view.telemetry.readings, [](const auto& r) { return r.snapshot.has_value(); });
    return fmt::format(R"(<p class="status bad" role="status">Measuring fails since {} ({}): {}. {}</p>)",
                       to_rfc3339(view.failing_since), ago(view.failing_since, now), escape_html(view.failing->text),
                       numbers ? "The numbers below are the last good ones."
                               : "There are no numbers that could be shown.");
}

std::string number(std::string_view label, std::uint64_t value) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape_html(label), value);
}

std::string backfill(const exposition::Reading& reading) {
    const Backfill& b = reading.backfill;
    std::string out = fmt::format("<h2>{} in {}</h2>\n", escape_html(capitalized_name(b)), escape_html(b.index));
    if (!reading.snapshot)
        return out + "<p class=\"note\">No numbers.</p>\n";
    const Snapshot& s = *reading.snapshot;
    const Verdict v = verdict(s);
    out += "<dl class=\"numbers\">\n" + number(fmt::format("missing {}", b.field_label), s.missing) +
           number(fmt::format("with {}", b.field_label), s.present) +
           number(fmt::format("with {}", b.derived), s.derived) + "</dl>\n";
    const auto share = coverage(s);
    out += fmt::format(
        "<p>Coverage ({0} of {1}): {2} · verdict <span class=\"verdict {3}\">{4}</span> · as of {5}</p>\n",
        escape_html(b.derived), escape_html(b.field_label), share ? fmt::format("{:.1f} %", *share * 100) : "n/a",
        v == Verdict::ok ? "ok" : "check", to_string(v), to_rfc3339(s.ts));
    if (share)
        out += fmt::format("<progress max=\"1\" value=\"{:.4f}\" aria-label=\"coverage\"></progress>\n", *share);
    return out;
}

std::string trend(const std::vector<Point>& points) {
    if (points.size() < 2)
        return {};
    const auto most = std::ranges::max(points, {}, &Point::missing).missing;
    const auto span = std::max<double>(1, static_cast<double>((points.back().ts - points.front().ts).count()));
    std::string line;
    for (const Point& point : points)
        line += fmt::format("{:.1f},{:.1f} ", 1000 * static_cast<double>((point.ts - points.front().ts).count()) / span,
                            95 - 90 * static_cast<double>(point.missing) /
                                     static_cast<double>(std::max<std::uint64_t>(most, 1)));
    return fmt::format(
        "<h2>Missing over time</h2>\n<svg viewBox=\"0 0 1000 100\" preserveAspectRatio=\"none\" role=\"img\" "
        "aria-label=\"missing documents from {0} to {1}\"><polyline points=\"{2}\"/></svg>\n"
        "<p class=\"note\">From {3} ({0}) to {4} ({1}); the top of the picture is {5}.</p>\n",
        to_rfc3339(points.front().ts), to_rfc3339(points.back().ts), line, points.front().missing,
        points.back().missing, most);
}

std::string failures(const std::vector<Failure>& list) {
    if (list.empty())
        return {};
    std::string out = "<h2>Last errors</h2>\n<ul>\n";
    for (const Failure& failure : list)
        out += fmt::format("<li>{} {}: {}</li>\n", to_rfc3339(failure.ts), to_string(failure.kind),
                           escape_html(failure.text));
    return out + "</ul>\n";
}

std::string title(const View& view) {
    if (view.failing)
        return "Backfill health: measuring fails";
    for (const auto& reading : view.telemetry.readings)
        if (reading.snapshot)
            return fmt::format("{} missing: backfill health", reading.snapshot->missing);
    return "Backfill health";
}

} // namespace

std::string render_front_page(const View& view, Timestamp now) {
    std::string backfills;
    for (const auto& reading : view.telemetry.readings)
        backfills += backfill(reading);
    const std::array<std::pair<std::string_view, std::string>, 6> parts{{{"{{title}}", title(view)},
                                                                         {"{{status}}", status(view, now)},
                                                                         {"{{backfills}}", backfills},
                                                                         {"{{trend}}", trend(view.trend)},
                                                                         {"{{failures}}", failures(view.failures)},
                                                                         {"{{version}}", std::string(version)}}};
    std::string out;
    std::string_view rest = embedded::front_page_html;
    for (const auto& [mark, content] : parts) { // in the order in which they stand in the file
        const auto at = rest.find(mark);
        out += rest.substr(0, at);
        out += content;
        rest.remove_prefix(at + mark.size());
    }
    return out += rest;
}

} // namespace exporter
} // namespace health
