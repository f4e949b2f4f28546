#include <exporter/page/overview.hpp>

#include <base/encoding.hpp>
#include <base/numbers.hpp>
#include <exporter/page/wording.hpp>
#include <model/names.hpp>
#include <report/outlook.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <tuple>
#include <variant>

namespace health::exporter {

namespace {

constexpr std::size_t fewest_to_search = 20;
constexpr std::string_view unknown = "–";

bool is_done(const BackfillView& view) {
    return !view.failure && view.snapshot && verdict(*view.snapshot) == Verdict::ok;
}

/// Failures first, then the most missing; what is done comes last.
auto urgency(const BackfillView& view) {
    const std::uint64_t missing = view.snapshot ? view.snapshot->missing : 0;
    return std::tuple(!view.failure, is_done(view), ~missing);
}

std::string done_cell(const BackfillView& view) {
    if (!view.snapshot || view.snapshot->population() == 0)
        return fmt::format("<td>{}</td>", unknown);
    const auto [present, population] = std::pair(view.snapshot->present, view.snapshot->population());
    return fmt::format("<td><progress max=\"{}\" value=\"{}\" aria-label=\"filled\"></progress> {}</td>", population,
                       present, percent(share(present, population), Rounding::down));
}

std::string time_left_of_missing(const BackfillView& view) {
    if (const auto* estimate = std::get_if<Progress::Estimate>(&view.outlook))
        return "about " + describe_left(*estimate);
    const std::string why = describe_obstacle(std::get<Progress::NoEstimate>(view.outlook), view.backfill);
    return why.empty() ? std::string(unknown) : escape_html(why);
}

std::string time_left(const BackfillView& view) {
    if (is_done(view)) {
        const std::string note = remark(view.backfill, *view.snapshot);
        return note.empty() ? "done" : escape_html("done, but " + note);
    }
    if (view.failure || !view.snapshot)
        return std::string(unknown);
    std::string left = time_left_of_missing(view);
    const std::string broken = escape_html(describe_broken(*view.snapshot));
    if (broken.empty())
        return left;
    return fmt::format("{}<span class=\"check\">{}</span>",
                       view.snapshot->missing == 0 ? "nothing missing, but " : left + ", ", broken);
}

std::string freshness_cell(const BackfillView& view, Timestamp now) {
    const std::string measured = view.last_success ? time_element(*view.last_success, now) : "";
    if (view.failure)
        return fmt::format("<td class=\"bad\" title=\"{}\">fails; {}</td>", escape_html(view.failure->text),
                           view.last_success ? "last measured " + measured : "never measured");
    return fmt::format("<td>{}</td>", view.last_success ? measured : "not measured yet");
}

std::string row(const BackfillView& view, Timestamp now) {
    const bool changing = view.change && !view.failure && view.snapshot;
    return fmt::format("<tr><td><a href=\"{}\">{}</a></td>{}<td>{}</td><td>{}</td><td>{}</td>{}</tr>\n",
                       escape_html(page_of(view.backfill)), escape_html(view.backfill.name), done_cell(view),
                       view.snapshot ? grouped(view.snapshot->missing) : std::string(unknown),
                       changing ? describe_change(*view.change) : std::string(unknown), time_left(view),
                       freshness_cell(view, now));
}

} // namespace

std::string page_of(const Backfill& backfill) {
    return "?backfill=" + percent_encode(backfill.name);
}

std::string render_overview(const View& view, Timestamp now) {
    std::vector<const BackfillView*> sorted;
    for (const BackfillView& backfill : view.backfills)
        sorted.push_back(&backfill);
    std::ranges::stable_sort(sorted, {}, [](const BackfillView* backfill) { return urgency(*backfill); });
    std::string out = "<section>\n";
    if (sorted.size() >= fewest_to_search)
        out += "<p><input id=\"search\" type=\"search\" placeholder=\"Search by name\" aria-label=\"Search by name\" "
               "autocomplete=\"off\"></p>\n";
    out += "<div class=\"wide\"><table class=\"overview\">\n<thead><tr><th>backfill</th><th>filled</th><th>missing</th>"
           "<th>change of missing</th><th>time left</th><th>measured</th></tr></thead>\n<tbody>\n";
    for (const BackfillView* backfill : sorted)
        out += row(*backfill, now);
    return out + "</tbody>\n</table></div>\n</section>\n";
}

} // namespace health::exporter
