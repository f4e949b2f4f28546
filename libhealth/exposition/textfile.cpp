#include <exposition/textfile.hpp>

#include <base/numbers.hpp>
#include <base/text.hpp>
#include <exposition/metrics.hpp>
#include <exposition/text_format.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace health::exposition {

namespace {

/// The value of the series, as it is written there; 0 when it is not there.
double value_in(std::string_view textfile, std::string_view series) {
    for (std::string_view line : split(textfile, '\n')) {
        if (!line.starts_with(series) || line.substr(series.size(), 1) != " ")
            continue;
        line.remove_prefix(series.size() + 1);
        return parse_number<double>(line).value_or(0);
    }
    return 0;
}

std::optional<double> last_success_in(std::string_view textfile, const Backfill& backfill) {
    const double seconds = value_in(
        textfile, fmt::format("{}{{{}=\"{}\"}}", last_success_metric, backfill_label, escaped_label(backfill.name)));
    return seconds > 0 ? std::optional(seconds) : std::nullopt;
}

double seconds_of(const Result<Snapshot>& result) {
    return static_cast<double>(result->ts.time_since_epoch().count());
}

} // namespace

std::string render_textfile(std::span<const Backfill> backfills, std::span<const Result<Snapshot>> results,
                            std::string_view previous) {
    Telemetry telemetry;
    for (std::size_t i = 0; i < backfills.size(); ++i) {
        Reading reading{.backfill = backfills[i], .up = results[i].has_value()};
        if (results[i])
            reading.snapshot = *results[i];
        reading.last_success_seconds = results[i] ? seconds_of(results[i]) : last_success_in(previous, backfills[i]);
        telemetry.readings.push_back(std::move(reading));
    }
    if (std::ranges::all_of(telemetry.readings, &Reading::up))
        telemetry.all_succeeded_seconds = seconds_of(std::ranges::max(results, {}, seconds_of));
    else
        telemetry.all_succeeded_seconds = value_in(previous, last_run_metric);
    return serialize(state_families(telemetry), Format::text);
}

} // namespace health::exposition
