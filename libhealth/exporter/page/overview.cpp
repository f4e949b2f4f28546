#include <exporter/page/overview.hpp>

#include <base/encoding.hpp>
#include <base/numbers.hpp>
#include <exporter/page/wording.hpp>
#include <report/backfill_status.hpp>
#include <report/outlook.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace health::exporter {

namespace {

constexpr std::size_t fewest_to_search = 20;
constexpr std::string_view unknown = "–";

std::string done_cell(const BackfillView& view) {
    if (!view.snapshot || view.snapshot->population() == 0)
        return fmt::format("<td>{}</td>", unknown);
    const auto [present, population] = std::pair(view.snapshot->present, view.snapshot->population());
    return fmt::format("<td><progress max=\"{}\" value=\"{}\" aria-label=\"filled\"></progress> {}</td>", population,
                       present, percent(share(present, population), Rounding::down));
}

std::string conclusion_of(const BackfillStatus& status) {
    const auto [text, warning] = status.conclusion();
    if (text.empty() && warning.empty())
        return std::string(unknown);
    return escape_html(text) +
           (warning.empty() ? "" : fmt::format("<span class=\"check\">{}</span>", escape_html(warning)));
}

std::string freshness_cell(const BackfillView& view, Timestamp now) {
    const std::string measured = view.last_success ? time_element(*view.last_success, now) : "";
    if (view.failure)
        return fmt::format("<td class=\"bad\" title=\"{}\">failing; {}</td>", escape_html(view.failure->text),
                           view.last_success ? "last measured " + measured : "never measured");
    return fmt::format("<td>{}</td>", view.last_success ? measured : "not measured yet");
}

std::string row(const BackfillView& view, const BackfillStatus& status, Timestamp now) {
    const bool changing = view.change && !view.failure && view.snapshot;
    return fmt::format("<tr><td><a href=\"{}\">{}</a></td>{}<td>{}</td><td>{}</td><td>{}</td>{}</tr>\n",
                       escape_html(page_of(view.backfill)), escape_html(view.backfill.name), done_cell(view),
                       view.snapshot ? grouped(view.snapshot->missing) : std::string(unknown),
                       changing ? describe_change(*view.change) : std::string(unknown), conclusion_of(status),
                       freshness_cell(view, now));
}

} // namespace

std::string page_of(const Backfill& backfill) {
    return fmt::format("?{}={}", backfill_parameter, percent_encode(backfill.name));
}

std::string render_overview(const View& view, Timestamp now) {
    std::vector<std::pair<BackfillStatus, const BackfillView*>> sorted;
    for (const BackfillView& each : view.backfills)
        sorted.emplace_back(status_of(each.backfill, each.snapshot, each.outlook, each.failure.has_value()), &each);
    std::ranges::stable_sort(sorted, {}, [](const auto& each) { return each.first.urgency(); });
    std::string out = "<section>\n";
    if (sorted.size() >= fewest_to_search)
        out += "<p><input id=\"search\" type=\"search\" placeholder=\"Search by name\" aria-label=\"Search by name\" "
               "autocomplete=\"off\"></p>\n";
    out += "<div class=\"wide\"><table class=\"overview\">\n<thead><tr><th>backfill</th><th>filled</th><th>missing</th>"
           "<th>change in missing</th><th>time left</th><th>measured</th></tr></thead>\n<tbody>\n";
    for (const auto& [status, backfill] : sorted)
        out += row(*backfill, status, now);
    return out + "</tbody>\n</table></div>\n</section>\n";
}

} // namespace health::exporter
