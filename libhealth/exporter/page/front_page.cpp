#include <exporter/page/front_page.hpp>

#include <base/encoding.hpp>
#include <base/version.hpp>
#include <exporter/page/chart.hpp>
#include <model/names.hpp>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <utility>

namespace health {

namespace embedded {
extern const std::string_view front_page_html;
}

namespace exporter {

namespace {

using namespace std::chrono_literals;

/// Renders what the exporter knows at one instant.
class Renderer {
public:
    Renderer(const View& view, std::string_view source, Timestamp now) : view_(view), source_(source), now_(now) {}

    [[nodiscard]] std::string title() const;
    /// The colour of the page's icon.
    [[nodiscard]] std::string_view tone() const;
    [[nodiscard]] std::string freshness() const;
    [[nodiscard]] std::string backfills() const;
    [[nodiscard]] std::string engine() const;
    [[nodiscard]] std::string failures() const;
    [[nodiscard]] std::string refreshes() const;

private:
    [[nodiscard]] std::string ago(Timestamp ts) const;
    /// Without the date where that is today's.
    [[nodiscard]] std::string time(Timestamp ts, std::string_view zone = " UTC") const;
    [[nodiscard]] Timestamp last_success() const;
    [[nodiscard]] bool has_numbers() const;
    [[nodiscard]] std::string numbers(const Backfill& backfill, const Snapshot& snapshot) const;

    const View& view_;
    std::string_view source_;
    Timestamp now_;
};

/// Of long times the two largest units.
std::string Renderer::ago(Timestamp ts) const {
    std::chrono::seconds age = now_ - ts;
    if (age < 1s)
        return "just now";
    if (age >= 24h)
        age = std::chrono::floor<std::chrono::hours>(age);
    else if (age >= 1h)
        age = std::chrono::floor<std::chrono::minutes>(age);
    return to_string(std::chrono::milliseconds(age)) + " ago";
}

std::string Renderer::time(Timestamp ts, std::string_view zone) const {
    const bool today = std::chrono::floor<std::chrono::days>(ts) == std::chrono::floor<std::chrono::days>(now_);
    const auto utc = fmt::gmtime(std::time_t{ts.time_since_epoch().count()});
    return fmt::format("<time datetime=\"{}\">{}{}</time>", to_rfc3339(ts),
                       today ? fmt::format("{:%H:%M:%S}", utc) : fmt::format("{:%Y-%m-%d %H:%M:%S}", utc), zone);
}

Timestamp Renderer::last_success() const {
    return Timestamp(std::chrono::seconds(static_cast<std::int64_t>(view_.telemetry.last_success_seconds)));
}

bool Renderer::has_numbers() const {
    return std::ranges::any_of(view_.telemetry.readings, [](const auto& r) { return r.snapshot.has_value(); });
}

std::string Renderer::title() const {
    if (view_.failing)
        return "Backfill health: measuring fails";
    for (const auto& reading : view_.telemetry.readings)
        if (reading.snapshot)
            return fmt::format("{} missing: backfill health", reading.snapshot->missing);
    return "Backfill health";
}

std::string_view Renderer::tone() const {
    if (view_.failing)
        return "c7372c";
    const bool done = std::ranges::all_of(view_.telemetry.readings, [](const auto& reading) {
        return reading.snapshot && verdict(*reading.snapshot) == Verdict::ok;
    });
    return done ? "1b9e77" : "d99a2b";
}

std::string Renderer::freshness() const {
    if (view_.refreshes.empty())
        return R"(<p class="status">Not measured yet.</p>)";
    if (!view_.failing)
        return fmt::format(R"(<p class="status good">Measured {} <span class="soft">({})</span></p>)",
                           ago(last_success()), time(last_success()));
    const std::string numbers =
        has_numbers() ? fmt::format("The numbers below are the last good ones, measured {}.", ago(last_success()))
                      : "There are no numbers that could be shown.";
    return fmt::format("<p class=\"status bad\"><strong>Measuring fails</strong> since {} "
                       "<span class=\"soft\">({})</span>: {}.<br>{}</p>",
                       time(view_.failing_since), ago(view_.failing_since), escape_html(view_.failing->text), numbers);
}

std::string number(std::string_view label, std::uint64_t value) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape_html(label), value);
}

/// What is not all of it never reads as 100 %.
std::string bar(std::string_view name, std::string_view having, std::uint64_t part, std::uint64_t whole) {
    const std::string what = escape_html(fmt::format("{}: {} of {} have {}", name, part, whole, having));
    if (whole == 0)
        return fmt::format("<div><p>{} <strong>n/a</strong></p></div>\n", what);
    const double share = static_cast<double>(part) / static_cast<double>(whole);
    return fmt::format("<div><p>{} <strong>{:.1f} %</strong></p>\n"
                       "<progress max=\"{}\" value=\"{}\" aria-label=\"{}\"></progress></div>\n",
                       what, std::floor(share * 1000) / 10, whole, part, what);
}

std::string Renderer::numbers(const Backfill& b, const Snapshot& s) const {
    const Verdict v = verdict(s);
    std::string out = fmt::format("<p class=\"verdict\">Verdict <strong class=\"{}\">{}</strong> "
                                  "<span class=\"soft\">as of {}</span></p>\n",
                                  v == Verdict::ok ? "good" : "check", to_string(v), time(s.ts)) +
                      "<dl class=\"numbers\">\n";
    for (const auto& [name, value] : health::numbers(b, s))
        out += number(name.short_label, value);
    out += "</dl>\n";
    if (s.population() == 0)
        return out + fmt::format("<p class=\"note\">No document matches {} there: is it the right index?</p>\n",
                                 escape_html(describe_population(b)));
    out += "<div class=\"bars\">\n" + bar("Filled", b.field_label, s.present, s.population());
    for (std::size_t i = 0; i < b.derived.size(); ++i)
        out += bar("Coverage", b.derived[i], s.derived.at(i), s.present);
    return out + "</div>\n";
}

std::string Renderer::backfills() const {
    std::string out;
    for (std::size_t i = 0; i < view_.telemetry.readings.size(); ++i) {
        const auto& [backfill, snapshot] = view_.telemetry.readings[i];
        out += fmt::format("<section{}>\n<h2>{} in {}</h2>\n{}{}</section>\n", view_.failing ? R"( class="old")" : "",
                           escape_html(capitalized_name(backfill)), escape_html(backfill.index),
                           snapshot ? numbers(backfill, *snapshot) : "<p class=\"note\">No numbers.</p>\n",
                           render_chart(view_.trends[i], backfill.field_label));
    }
    return out;
}

std::string milliseconds(Clock::duration took) {
    const double count = std::chrono::duration<double, std::milli>(took).count();
    return count < 10 ? fmt::format("{:.1f} ms", count) : fmt::format("{} ms", std::llround(count));
}

std::string fact(std::string_view name, std::string_view value) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, value);
}

std::string Renderer::engine() const {
    const auto& telemetry = view_.telemetry;
    const auto failed = std::accumulate(telemetry.failed.begin(), telemetry.failed.end(), std::uint64_t{0});
    std::string out = fact("Source", escape_html(source_));
    if (!view_.refreshes.empty()) {
        const Refresh& last = view_.refreshes.front();
        const auto result = last.failure
                                ? fmt::format("<strong class=\"bad\">{}</strong>", to_string(last.failure->kind))
                                : std::string("<strong class=\"good\">ok</strong>");
        out += fact("Last measurement", fmt::format("{} after {}", result, milliseconds(last.took)));
    }
    out += fact("Measurements", fmt::format("{} succeeded, {} failed", telemetry.succeeded, failed));
    if (!view_.no_history.empty())
        out += fact("No history", escape_html(view_.no_history));
    return "<dl class=\"facts\">\n" + out + "</dl>\n";
}

/// The same error again and again is one entry.
std::string Renderer::failures() const {
    const auto& list = view_.failures;
    if (list.empty())
        return "<p class=\"note\">None since the exporter began.</p>\n";
    std::string out = "<ul>\n";
    for (auto newest = list.begin(); newest != list.end();) {
        const auto next = std::find_if(newest, list.end(), [&](const Failure& f) { return f.text != newest->text; });
        const auto times = next - newest;
        out +=
            fmt::format("<li><p><strong class=\"bad\">{}</strong> <span class=\"soft\">{}{}</span></p><p>{}</p></li>\n",
                        to_string(newest->kind), time(newest->ts),
                        times > 1 ? fmt::format(", {} times since {}", times, time((next - 1)->ts)) : "",
                        escape_html(newest->text));
        newest = next;
    }
    return out + "</ul>\n";
}

std::string Renderer::refreshes() const {
    if (view_.refreshes.empty())
        return {};
    std::string out = "<table>\n<thead><tr><th>ended (UTC)</th><th>took</th><th>result</th></tr></thead>\n<tbody>\n";
    for (const Refresh& refresh : view_.refreshes)
        out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", time(refresh.ts, ""),
                           milliseconds(refresh.took), refresh.failure ? to_string(refresh.failure->kind) : "ok");
    return fmt::format("<details>\n<summary>The last {} measurements</summary>\n{}</tbody>\n</table>\n</details>\n",
                       view_.refreshes.size(), out);
}

} // namespace

std::string render_front_page(const View& view, std::string_view source, Timestamp now) {
    const Renderer page(view, source, now);
    const std::array<std::pair<std::string_view, std::string>, 8> parts{{{"{{tone}}", std::string(page.tone())},
                                                                         {"{{title}}", page.title()},
                                                                         {"{{freshness}}", page.freshness()},
                                                                         {"{{backfills}}", page.backfills()},
                                                                         {"{{engine}}", page.engine()},
                                                                         {"{{failures}}", page.failures()},
                                                                         {"{{refreshes}}", page.refreshes()},
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
