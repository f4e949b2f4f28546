// What an engine, or whoever stands in its place, answers to a search for the history. The first byte chooses the
// status.
#include "properties.hpp"
#include "support.hpp"

#include <elasticsearch/history.hpp>
#include <report/history_report.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <string>

using namespace health;

namespace {

constexpr std::array statuses{200, 200, 200, 404, 500, 503};

/// What is told of it is one line of JSON, and a table.
void is_told(const History& history) {
    const Period period{.from = test::at("2025-10-10T00:00:00Z"),
                        .to = test::at("2025-10-17T00:00:00Z"),
                        .every = std::chrono::hours(1)};
    const auto told = boost::json::parse(json_history(test::bills(), history, period));
    test::must(told.at("points").as_array().size() == history.points.size());
    const std::size_t lines = std::ranges::count(csv_history(test::bills(), history, period), '\n');
    test::must(lines > history.points.size() && lines <= 2 * history.points.size() + 1);
}

} // namespace

void fuzz(std::string_view input) {
    if (input.empty())
        return;
    const int status = statuses.at(static_cast<unsigned char>(input.front()) % statuses.size());
    const auto page = elasticsearch::to_history_page(
        "cannot read health", test::bills(),
        {.response = {.status = status, .headers = {}, .body = std::string(input.substr(1)), .body_problem = {}},
         .from = "http://es"});
    if (!page) {
        test::must(page.error().kind != ErrorKind::usage && page.error().kind != ErrorKind::unreachable);
        test::must_be_tellable(page.error());
        return;
    }
    test::must(status == 200);
    test::must(std::ranges::is_sorted(page->points, std::ranges::less{}, &HistoryPoint::begin));
    for (const HistoryPoint& point : page->points)
        test::must(point.snapshots > 0 && point.last.ts >= point.begin);
    is_told({.points = page->points, .foreign = page->foreign});
}
