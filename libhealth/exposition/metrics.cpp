#include <exposition/metrics.hpp>

#include <base/version.hpp>
#include <model/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>
#include <set>
#include <utility>

namespace health::exposition {

namespace {

/// Counts of documents look as the Python client of Prometheus writes them: 1243.0
std::string document_count(std::uint64_t count) {
    return fmt::format("{}.0", count);
}

/// OpenMetrics requires a point in every float of a label.
std::string bucket_bound(double seconds) {
    const std::string digits = fmt::format("{}", seconds);
    return digits.find('.') == std::string::npos ? digits + ".0" : digits;
}

Family single(std::string name, std::string help, std::string value) {
    return {.name = std::move(name), .help = std::move(help), .samples = {{.value = std::move(value)}}};
}

/// The names of the first shape are of one backfill, which is the only one that has that shape.
void add_document_counts(std::vector<Family>& out, const Reading& reading) {
    if (!reading.snapshot || reading.backfill.shape != DocumentShape::flat)
        return;
    for (auto& [name, value] : numbers(reading.backfill, *reading.snapshot))
        out.push_back(single(std::move(name.metric), std::move(name.help), document_count(value)));
}

/// The series that every backfill has, under the same names.
class UniformFamilies {
public:
    void add(const Reading& reading) {
        const Backfill& backfill = reading.backfill;
        const Label name{.name = std::string(backfill_label), .value = backfill.name};
        up_.samples.push_back({.labels = {name}, .value = reading.up ? "1" : "0"});
        if (reading.last_success_seconds)
            last_success_.samples.push_back(
                {.labels = {name}, .value = fmt::format("{:.3f}", *reading.last_success_seconds)});
        const auto& [most, least] = backfill.thresholds;
        if (most)
            max_missing_.samples.push_back({.labels = {name}, .value = fmt::to_string(*most)});
        if (least)
            min_coverage_.samples.push_back({.labels = {name}, .value = fmt::format("{}", *least)});
        if (reading.snapshot)
            add_counts(backfill, *reading.snapshot);
    }

    std::vector<Family> take() {
        return {std::move(documents_),    std::move(derived_),     std::move(broken_),      std::move(up_),
                std::move(last_success_), std::move(max_missing_), std::move(min_coverage_)};
    }

private:
    void add_counts(const Backfill& backfill, const Snapshot& snapshot) {
        const auto labels = [&](std::string name, const std::string& value) {
            return std::vector<Label>{{.name = std::string(backfill_label), .value = backfill.name},
                                      {.name = std::string(index_label), .value = backfill.index},
                                      {.name = std::move(name), .value = value}};
        };
        for (const auto& [name, count] : numbers(backfill, snapshot)) {
            Sample sample{.labels = labels("field", name.field), .value = fmt::to_string(count)};
            if (name.quantity == Quantity::derived) {
                derived_.samples.push_back(std::move(sample));
                continue;
            }
            sample.labels.push_back(
                {.name = "state", .value = name.quantity == Quantity::missing ? key::missing : key::present});
            documents_.samples.push_back(std::move(sample));
        }
        for (const auto& [rule, documents] : snapshot.broken)
            broken_.samples.push_back({.labels = labels("rule", rule), .value = fmt::to_string(documents)});
    }

    Family documents_{.name = "backfill_documents", .help = "Documents without and with the field"};
    Family derived_{.name = "backfill_derived_documents", .help = "Documents with the field and the derived field"};
    Family broken_{.name = "backfill_rule_broken_documents", .help = "Documents that break the rule"};
    Family up_{.name = std::string(backfill_up_metric),
               .help = "Whether the latest measurement of the backfill succeeded"};
    Family last_success_{.name = std::string(last_success_metric),
                         .help = "When the last successful measurement was made (unix seconds)"};
    Family max_missing_{.name = "backfill_max_missing", .help = "Maximum number of documents that may lack the field"};
    Family min_coverage_{.name = "backfill_min_coverage", .help = "Minimum coverage of the derived fields"};
};

Family index_info(const std::vector<Reading>& readings) {
    Family out{.name = std::string(index_info_metric), .help = "Index info (labels only)"};
    std::set<std::string_view> seen;
    for (const Reading& reading : readings) {
        const std::string& index = reading.backfill.index;
        if (!seen.insert(index).second)
            continue;
        out.samples.push_back({.labels = {{std::string(index_label), index}}, .value = "1"});
    }
    return out;
}

Family build_info() {
    return {.name = "backfill_health_build_info",
            .help = "Version and commit of this program",
            .samples = {
                {.labels = {{"version", std::string(version)}, {"revision", std::string(revision)}}, .value = "1"}}};
}

Family refreshes(const Telemetry& telemetry) {
    const auto failures = std::accumulate(telemetry.failed.begin(), telemetry.failed.end(), std::uint64_t{0});
    const auto sample = [](std::string result, std::uint64_t count) {
        return Sample{.suffix = "_total", .labels = {{"result", std::move(result)}}, .value = fmt::to_string(count)};
    };
    return {.name = "backfill_health_refreshes",
            .help = "Measurements by their result",
            .type = Type::counter,
            .samples = {sample("ok", telemetry.succeeded), sample("error", failures)}};
}

Family refresh_errors(const Telemetry& telemetry) {
    Family out{
        .name = "backfill_health_refresh_errors", .help = "Failed measurements by their reason", .type = Type::counter};
    for (std::size_t i = 0; i < failure_kinds.size(); ++i)
        out.samples.push_back({.suffix = "_total",
                               .labels = {{"reason", std::string(to_string(failure_kinds.at(i)))}},
                               .value = fmt::to_string(telemetry.failed.at(i))});
    return out;
}

Family refresh_durations(const Durations& durations) {
    Family out{.name = "backfill_health_refresh_duration_seconds",
               .help = "How long measurements took",
               .type = Type::histogram};
    const auto add_bucket = [&out](std::string bound, std::uint64_t count) {
        out.samples.push_back(
            {.suffix = "_bucket", .labels = {{"le", std::move(bound)}}, .value = fmt::to_string(count)});
    };
    for (std::size_t i = 0; i < duration_bounds.size(); ++i)
        add_bucket(bucket_bound(duration_bounds.at(i)), durations.at_most.at(i));
    add_bucket("+Inf", durations.count);
    out.samples.push_back({.suffix = "_sum", .value = fmt::format("{:.6f}", durations.sum_seconds)});
    out.samples.push_back({.suffix = "_count", .value = fmt::to_string(durations.count)});
    return out;
}

} // namespace

void Durations::observe(double seconds) {
    for (std::size_t i = 0; i < duration_bounds.size(); ++i)
        if (seconds <= duration_bounds.at(i))
            ++at_most.at(i);
    ++count;
    sum_seconds += seconds;
}

std::vector<Family> state_families(const Telemetry& telemetry) {
    std::vector<Family> out;
    for (const Reading& reading : telemetry.readings)
        add_document_counts(out, reading);
    const bool all_up = std::ranges::all_of(telemetry.readings, &Reading::up);
    out.push_back(single(std::string(last_run_metric), "Last refresh timestamp (unix seconds)",
                         fmt::format("{:.3f}", telemetry.all_succeeded_seconds)));
    out.push_back(index_info(telemetry.readings));
    out.push_back(single(std::string(up_metric), "Whether the latest measurement succeeded", all_up ? "1" : "0"));
    UniformFamilies uniform;
    for (const Reading& reading : telemetry.readings)
        uniform.add(reading);
    std::ranges::move(uniform.take(), std::back_inserter(out));
    out.push_back(build_info());
    return out;
}

std::vector<Family> measured_families(const Telemetry& telemetry) {
    std::vector<Family> out = state_families(telemetry);
    out.push_back(refreshes(telemetry));
    out.push_back(refresh_errors(telemetry));
    out.push_back(refresh_durations(telemetry.durations));
    if (telemetry.configuration_reloaded)
        out.push_back(single("backfill_health_config_last_reload_successful",
                             "Whether the configuration file on disk is in force",
                             *telemetry.configuration_reloaded ? "1" : "0"));
    return out;
}

std::vector<Family> process_families(const ProcessStats& process) {
    return {
        {.name = "process_cpu_seconds",
         .help = "Total user and system CPU time spent in seconds.",
         .type = Type::counter,
         .samples = {{.suffix = "_total", .value = fmt::format("{:.3f}", process.cpu_seconds)}}},
        single("process_resident_memory_bytes", "Resident memory size in bytes.",
               fmt::to_string(process.resident_bytes)),
        single("process_virtual_memory_bytes", "Virtual memory size in bytes.", fmt::to_string(process.virtual_bytes)),
        single("process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
               fmt::format("{:.2f}", process.start_time_seconds)),
        single("process_open_fds", "Number of open file descriptors.", fmt::to_string(process.open_fds)),
        single("process_max_fds", "Maximum number of open file descriptors.", fmt::to_string(process.max_fds)),
    };
}

} // namespace health::exposition
