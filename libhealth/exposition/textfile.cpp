#include <exposition/textfile.hpp>

#include <base/files.hpp>
#include <base/numbers.hpp>
#include <base/text.hpp>
#include <exposition/exposition.hpp>

namespace health {

namespace {

constexpr mode_t readable_by_all = 0644;

double last_success_in(const std::filesystem::path& path) {
    const auto text = read_file(path);
    for (std::string_view line : split(text ? std::string_view(*text) : "", '\n')) {
        constexpr std::string_view name = "backfill_health_last_run_timestamp ";
        if (!line.starts_with(name))
            continue;
        line.remove_prefix(name.size());
        return take_number<double>(line).value_or(0);
    }
    return 0;
}

} // namespace

Result<void> write_textfile(const std::filesystem::path& path, const Backfill& backfill,
                            const Result<Snapshot>& measured) {
    exposition::Telemetry telemetry;
    telemetry.readings.push_back({.backfill = backfill, .snapshot = std::nullopt});
    telemetry.up = measured.has_value();
    if (measured) {
        telemetry.readings.front().snapshot = *measured;
        telemetry.last_success_seconds = static_cast<double>(measured->ts.time_since_epoch().count());
    } else {
        telemetry.last_success_seconds = last_success_in(path);
    }
    return replace_file(path, expose_state(telemetry), readable_by_all);
}

} // namespace health
