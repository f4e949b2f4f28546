#include "front_page.hpp"

#include "exporter/chart.hpp"
#include "html.hpp"

#include <health/version.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <numeric>
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

std::string time(Timestamp ts) {
    const std::string text = to_rfc3339(ts);
    return fmt::format("<time datetime=\"{0}\">{0}</time>", text);
}

Timestamp last_success(const View& view) {
    return Timestamp(std::chrono::seconds(static_cast<std::int64_t>(view.telemetry.last_success_seconds)));
}

std::string freshness(const View& view, Timestamp now) {
    if (view.refreshes.empty())
        return R"(<p class="status">Not measured yet.</p>)";
    if (!view.failing)
        return fmt::format(R"(<p class="status">Measured {} ({}).</p>)", ago(last_success(view), now),
                           time(last_success(view)));
    const bool numbers =
        std::ranges::any_of(view.telemetry.readings, [](const auto& r) { return r.snapshot.has_value(); });
    return fmt::format(
        R"(<p class="status bad"><strong>Measuring fails</strong> since {} ({}): {}. {}</p>)", time(view.failing_since),
        ago(view.failing_since, now), escape_html(view.failing->text),
        numbers ? fmt::format("The numbers below are the last good ones, measured {}.", ago(last_success(view), now))
                : "There are no numbers that could be shown.");
}

std::string number(std::string_view label, std::uint64_t value) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape_html(label), value);
}

std::string coverage_bar(const Backfill& backfill, const Snapshot& snapshot) {
    const auto share = coverage(snapshot);
    const std::string what =
        fmt::format("Coverage ({} of {})", escape_html(backfill.derived), escape_html(backfill.field_label));
    if (!share)
        return fmt::format("<p>{}: n/a, for nothing has {}</p>\n", what, escape_html(backfill.field_label));
    return fmt::format("<p>{0}: <strong>{1:.1f} %</strong></p>\n"
                       "<progress max=\"1\" value=\"{2:.4f}\" aria-label=\"{0}\">{1:.1f} %</progress>\n",
                       what, *share * 100, *share);
}

std::string numbers(const Backfill& b, const Snapshot& s) {
    const Verdict v = verdict(s);
    return "<dl class=\"numbers\">\n" + number(fmt::format("missing {}", b.field_label), s.missing) +
           number(fmt::format("with {}", b.field_label), s.present) +
           number(fmt::format("with {}", b.derived), s.derived) + "</dl>\n" + coverage_bar(b, s) +
           fmt::format("<p>Verdict <strong class=\"{}\">{}</strong> as of {}</p>\n", v == Verdict::ok ? "ok" : "check",
                       to_string(v), time(s.ts));
}

std::string backfill(const exposition::Reading& reading, const Trend& trend) {
    const Backfill& b = reading.backfill;
    return fmt::format(
        "<section>\n<h2>{} in {}</h2>\n{}{}</section>\n", escape_html(capitalized_name(b)), escape_html(b.index),
        reading.snapshot ? numbers(b, *reading.snapshot) : "<p class=\"note\">No numbers.</p>\n", render_chart(trend));
}

std::string engine(const View& view, std::string_view source) {
    const auto failed = std::accumulate(view.telemetry.failed.begin(), view.telemetry.failed.end(), std::uint64_t{0});
    std::string out = fmt::format("<h2>Engine</h2>\n<p>{}: {} of {} measurements succeeded.</p>\n", escape_html(source),
                                  view.telemetry.succeeded, view.telemetry.succeeded + failed);
    if (!view.no_history.empty())
        out += fmt::format("<p class=\"note\">No history: {}</p>\n", escape_html(view.no_history));
    return out;
}

std::string failures(const std::vector<Failure>& list) {
    if (list.empty())
        return {};
    std::string out = "<h2>Last errors</h2>\n<ul>\n";
    for (const Failure& failure : list)
        out += fmt::format("<li>{} <strong>{}</strong>: {}</li>\n", time(failure.ts), to_string(failure.kind),
                           escape_html(failure.text));
    return out + "</ul>\n";
}

std::string refreshes(const std::vector<Refresh>& list) {
    if (list.empty())
        return {};
    std::string out = fmt::format("<details>\n<summary>The last {} measurements</summary>\n<table>\n"
                                  "<thead><tr><th>ended</th><th>took</th><th>result</th></tr></thead>\n<tbody>\n",
                                  list.size());
    for (const Refresh& refresh : list)
        out += fmt::format("<tr><td>{}</td><td>{} ms</td><td>{}</td></tr>\n", time(refresh.ts),
                           std::chrono::duration_cast<std::chrono::milliseconds>(refresh.took).count(),
                           refresh.failure ? to_string(refresh.failure->kind) : "ok");
    return out + "</tbody>\n</table>\n</details>\n";
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

std::string render_front_page(const View& view, std::string_view source, Timestamp now) {
    std::string backfills;
    for (std::size_t i = 0; i < view.telemetry.readings.size(); ++i)
        backfills += backfill(view.telemetry.readings[i], view.trends[i]);
    const std::array<std::pair<std::string_view, std::string>, 7> parts{{{"{{title}}", title(view)},
                                                                         {"{{freshness}}", freshness(view, now)},
                                                                         {"{{backfills}}", backfills},
                                                                         {"{{engine}}", engine(view, source)},
                                                                         {"{{failures}}", failures(view.failures)},
                                                                         {"{{refreshes}}", refreshes(view.refreshes)},
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
