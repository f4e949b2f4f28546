#include <exporter/page/front_page.hpp>

#include <base/encoding.hpp>
#include <base/version.hpp>
#include <exporter/page/backfill_section.hpp>
#include <exporter/page/wording.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace health {

namespace embedded {
extern const std::string_view front_page_html;
}

namespace exporter {

namespace {

bool fails(const BackfillView& backfill) {
    return backfill.failure.has_value();
}

std::string title(const View& view) {
    if (std::ranges::any_of(view.backfills, fails))
        return "Backfill health: measuring fails";
    std::uint64_t missing = 0;
    for (const BackfillView& backfill : view.backfills) {
        if (!backfill.snapshot)
            return "Backfill health";
        missing += backfill.snapshot->missing;
    }
    return grouped(missing) + " missing: backfill health";
}

/// The colour of the page's icon.
std::string_view tone(const View& view) {
    if (std::ranges::any_of(view.backfills, fails))
        return "c7372c";
    const bool done = std::ranges::all_of(view.backfills, [](const BackfillView& backfill) {
        return backfill.snapshot && verdict(*backfill.snapshot) == Verdict::ok;
    });
    return done ? "1b9e77" : "d99a2b";
}

/// What several backfills have in common; each says itself why it fails.
std::string summary(const View& view, Timestamp now) {
    const auto failing = std::ranges::count_if(view.backfills, fails);
    if (failing > 0)
        return fmt::format("<p class=\"status bad\"><strong>Measuring fails</strong> for {} of {} backfills.</p>\n",
                           failing, view.backfills.size());
    if (view.refreshes.empty())
        return "<p class=\"status\">Not measured yet.</p>\n";
    const Timestamp latest = view.refreshes.front().ts;
    return fmt::format("<p class=\"status good\">All {} backfills measured {} <span class=\"soft\">({})</span></p>\n",
                       view.backfills.size(), ago(latest, now), time_element(latest, now));
}

std::string status(const View& view, Timestamp now) {
    return view.backfills.size() == 1 ? render_freshness(view.backfills.front(), now) : summary(view, now);
}

std::string sections(const View& view, Timestamp now) {
    const auto freshness = view.backfills.size() == 1 ? Freshness::said_by_the_page : Freshness::by_itself;
    std::string out;
    for (const BackfillView& backfill : view.backfills)
        out += render_section(backfill, freshness, now);
    return out;
}

std::string milliseconds(Clock::duration took) {
    const double count = std::chrono::duration<double, std::milli>(took).count();
    return count < 10 ? fmt::format("{:.1f} ms", count) : fmt::format("{} ms", std::llround(count));
}

std::string fact(std::string_view name, std::string_view value) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, value);
}

/// "ok", the reason of a failure, or with several backfills also how many failed.
std::string result(const Refresh& refresh, std::size_t backfills) {
    if (!refresh.failure)
        return "ok";
    const std::string reason(to_string(*refresh.failure));
    return backfills == 1 ? reason : fmt::format("{} ({} of {} failed)", reason, refresh.failed, backfills);
}

std::string engine(const View& view, std::string_view source) {
    std::string out = fact("Source", escape_html(source));
    if (!view.refreshes.empty()) {
        const Refresh& last = view.refreshes.front();
        out += fact("Last measurement",
                    fmt::format("<strong class=\"{}\">{}</strong> after {}", last.failure ? "bad" : "good",
                                result(last, view.backfills.size()), milliseconds(last.took)));
    }
    out += fact("Measurements", fmt::format("{} succeeded, {} failed", grouped(view.succeeded), grouped(view.failed)));
    if (!view.no_history.empty())
        out += fact("No history", escape_html(view.no_history));
    return "<dl class=\"facts\">\n" + out + "</dl>\n";
}

std::string errors(const View& view, Timestamp now) {
    if (view.errors.empty())
        return "<p class=\"note\">None since the start.</p>\n";
    std::string out = "<ul>\n";
    for (const ErrorEntry& error : view.errors) {
        const std::string often =
            error.times > 1 ? fmt::format(", {} times since {}", grouped(error.times), time_element(error.first, now))
                            : "";
        out +=
            fmt::format("<li><p><strong class=\"bad\">{}</strong> <span class=\"soft\">{}{}</span></p><p>{}</p></li>\n",
                        to_string(error.kind), time_element(error.last, now), often, escape_html(error.text));
    }
    return out + "</ul>\n";
}

std::string refreshes(const View& view, Timestamp now) {
    if (view.refreshes.empty())
        return {};
    std::string out = "<table>\n<thead><tr><th>ended (UTC)</th><th>took</th><th>result</th></tr></thead>\n<tbody>\n";
    for (const Refresh& refresh : view.refreshes)
        out += fmt::format("<tr><td>{}</td><td>{}</td><td>{}</td></tr>\n", time_element(refresh.ts, now, ""),
                           milliseconds(refresh.took), result(refresh, view.backfills.size()));
    return fmt::format("<details>\n<summary>The last {} measurements</summary>\n{}</tbody>\n</table>\n</details>\n",
                       view.refreshes.size(), out);
}

} // namespace

std::string render_front_page(const View& view, std::string_view source, Timestamp now) {
    const std::array<std::pair<std::string_view, std::string>, 8> parts{{{"{{tone}}", std::string(tone(view))},
                                                                         {"{{title}}", title(view)},
                                                                         {"{{status}}", status(view, now)},
                                                                         {"{{backfills}}", sections(view, now)},
                                                                         {"{{engine}}", engine(view, source)},
                                                                         {"{{errors}}", errors(view, now)},
                                                                         {"{{refreshes}}", refreshes(view, now)},
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
