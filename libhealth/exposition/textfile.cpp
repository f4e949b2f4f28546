#include <exposition/textfile.hpp>

#include <base/numbers.hpp>
#include <base/text.hpp>
#include <exposition/metrics.hpp>
#include <exposition/text_format.hpp>

#include <algorithm>

namespace health::exposition {

namespace {

double last_success_in(std::string_view textfile) {
    constexpr std::string_view name = "backfill_health_last_run_timestamp ";
    for (std::string_view line : split(textfile, '\n')) {
        if (!line.starts_with(name))
            continue;
        line.remove_prefix(name.size());
        return parse_number<double>(line).value_or(0);
    }
    return 0;
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
        telemetry.readings.push_back(std::move(reading));
    }
    if (std::ranges::all_of(telemetry.readings, &Reading::up))
        telemetry.all_succeeded_seconds = seconds_of(std::ranges::max(results, {}, seconds_of));
    else
        telemetry.all_succeeded_seconds = last_success_in(previous);
    return serialize(state_families(telemetry), Format::text);
}

} // namespace health::exposition
