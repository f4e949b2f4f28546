#include <exposition/textfile.hpp>

#include <exposition/metrics.hpp>
#include <exposition/text_format.hpp>

#include <algorithm>

namespace health::exposition {

namespace {

std::optional<double> last_success_in(std::string_view textfile, const Backfill& backfill) {
    const Label name{.name = std::string(backfill_label), .value = backfill.name};
    const double seconds = find_value(textfile, last_success_metric, {&name, 1}).value_or(0);
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
        telemetry.all_succeeded_seconds = find_value(previous, last_run_metric).value_or(0);
    return serialize(state_families(telemetry), Format::text);
}

} // namespace health::exposition
