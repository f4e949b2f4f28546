#include <exporter/page/front_page.hpp>

#include <base/encoding.hpp>
#include <base/version.hpp>
#include <exporter/page/backfill_section.hpp>
#include <exporter/page/overview.hpp>
#include <exporter/page/wording.hpp>
#include <report/backfill_status.hpp>

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
    std::ptrdiff_t broken = 0; // rules, since a document may break several
    for (const BackfillView& backfill : view.backfills) {
        if (!backfill.snapshot)
            return "Backfill health";
        missing += backfill.snapshot->missing;
        broken += std::ranges::count_if(backfill.snapshot->broken, [](const auto& rule) { return rule.documents > 0; });
    }
    const std::string rules = broken == 0 ? "" : fmt::format(", {} {} broken", broken, broken == 1 ? "rule" : "rules");
    return fmt::format("{} missing{}: backfill health", grouped(missing), rules);
}

/// The colour of the page's icon.
std::string_view icon_colour(const View& view) {
    if (std::ranges::any_of(view.backfills, fails))
        return "c7372c";
    const bool done = std::ranges::all_of(
        view.backfills, [](const BackfillView& backfill) { return backfill.snapshot && is_done(*backfill.snapshot); });
    return done ? "1b9e77" : "d99a2b";
}

/// What several backfills have in common. It is shown until the next measurement: the time is absolute.
std::string summary(const View& view, Timestamp now) {
    const auto failing = std::ranges::count_if(view.backfills, fails);
    if (failing > 0)
        return fmt::format("<p class=\"status bad\"><strong>Measuring fails</strong> for {} of {} backfills.</p>\n",
                           failing, view.backfills.size());
    const auto unmeasured = std::ranges::count_if(
        view.backfills, [](const BackfillView& backfill) { return !backfill.snapshot.has_value(); });
    if (view.refreshes.empty() || unmeasured == std::ssize(view.backfills))
        return "<p class=\"status\">Not measured yet.</p>\n";
    if (unmeasured > 0) // they are new in the configuration
        return fmt::format("<p class=\"status\">{} of {} backfills not measured yet.</p>\n", unmeasured,
                           view.backfills.size());
    return fmt::format("<p class=\"status good\">All {} backfills measured at {}</p>\n", view.backfills.size(),
                       time_element(view.refreshes.front().ts, now));
}

std::string configuration_note(const View& view) {
    if (view.bad_configuration.empty())
        return {};
    return fmt::format("<p class=\"status bad\"><strong>The configuration file is not in effect</strong>: {}.</p>\n",
                       escape_html(view.bad_configuration));
}

std::string status(const View& view, Timestamp now) {
    const std::string measured =
        view.backfills.size() == 1 ? render_freshness(view.backfills.front(), now) : summary(view, now);
    return measured + configuration_note(view);
}

std::string content(const View& view, Timestamp now) {
    return view.backfills.size() == 1 ? render_section(view.backfills.front(), Freshness::said_by_the_page, now)
                                      : render_overview(view, now);
}

std::string milliseconds(Clock::duration took) {
    const double count = std::chrono::duration<double, std::milli>(took).count();
    return count < 10 ? fmt::format("{:.1f} ms", count) : fmt::format("{} ms", std::llround(count));
}

std::string fact(std::string_view name, std::string_view value) {
    return fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", name, value);
}

/// "ok", the reason of a failure, or with several backfills also how many failed.
std::string result(const Refresh& refresh) {
    if (!refresh.failure)
        return "ok";
    const std::string reason(to_string(*refresh.failure));
    return refresh.backfills == 1 ? reason
                                  : fmt::format("{} ({} of {} failed)", reason, refresh.failed, refresh.backfills);
}

std::string engine(const View& view, std::string_view source) {
    std::string out = fact("Source", escape_html(source));
    if (!view.refreshes.empty()) {
        const Refresh& last = view.refreshes.front();
        out +=
            fact("Last measurement", fmt::format("<strong class=\"{}\">{}</strong> after {}",
                                                 last.failure ? "bad" : "good", result(last), milliseconds(last.took)));
    }
    out += fact("Measurements", fmt::format("{} succeeded, {} failed", grouped(view.succeeded), grouped(view.failed)));
    if (!view.no_history.empty())
        out += fact("No history", escape_html(view.no_history));
    return "<dl class=\"facts\">\n" + out + "</dl>\n";
}

std::string errors(const View& view, Timestamp now) {
    if (view.errors.empty())
        return "<p class=\"note\">None since startup.</p>\n";
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
                           milliseconds(refresh.took), result(refresh));
    const std::size_t count = view.refreshes.size();
    const std::string title = count == 1 ? "The last measurement" : fmt::format("The last {} measurements", count);
    return fmt::format("<details>\n<summary>{}</summary>\n{}</tbody>\n</table>\n</details>\n", title, out);
}

} // namespace

namespace {

std::string render(const View& view, std::string_view source, Timestamp now, std::string_view navigation) {
    const std::array<std::pair<std::string_view, std::string>, 8> parts{
        {{"{{icon_colour}}", std::string(icon_colour(view))},
         {"{{title}}", title(view)},
         {"{{status}}", std::string(navigation) + status(view, now)},
         {"{{backfills}}", content(view, now)},
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

} // namespace

std::string render_front_page(const View& view, std::string_view source, Timestamp now) {
    return render(view, source, now, "");
}

std::string render_page_of_one(const View& view, std::string_view source, Timestamp now) {
    return render(view, source, now, "<p><a href=\"?\">All backfills</a></p>\n");
}

} // namespace exporter
} // namespace health
