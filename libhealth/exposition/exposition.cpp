#include <exposition/exposition.hpp>

#include <base/version.hpp>
#include <model/names.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <numeric>

namespace health::exposition {

namespace {

std::string escaped(std::string_view text, bool quotes) {
    std::string out;
    for (const char c : text) {
        if (c == '\n')
            out += "\\n";
        else if (c == '\\' || (quotes && c == '"'))
            out += {'\\', c};
        else
            out += c;
    }
    return out;
}

/// Counts of documents look as the Python client of Prometheus writes them: 1243.0
std::string gauge_value(std::uint64_t count) {
    return fmt::format("{}.0", count);
}

/// OpenMetrics wants a point in every float of a label.
std::string bound(double seconds) {
    const std::string digits = fmt::format("{}", seconds);
    return digits.find('.') == std::string::npos ? digits + ".0" : digits;
}

class Writer {
public:
    explicit Writer(Format format) : format_(format) {}

    void gauge(std::string_view name, std::string_view help) { family(name, help, "gauge"); }
    void histogram(std::string_view name, std::string_view help) { family(name, help, "histogram"); }

    /// OpenMetrics names the family without the suffix that its samples have.
    void counter(std::string_view name, std::string_view help) {
        constexpr std::string_view suffix = "_total";
        if (format_ == Format::openmetrics && name.ends_with(suffix))
            name.remove_suffix(suffix.size());
        family(name, help, "counter");
    }

    void sample(std::string_view name, std::string_view value) {
        fmt::format_to(std::back_inserter(out_), "{} {}\n", name, value);
    }

    void sample(std::string_view name, std::string_view label, std::string_view text, std::string_view value) {
        fmt::format_to(std::back_inserter(out_), "{}{{{}=\"{}\"}} {}\n", name, label, escaped_label(text), value);
    }

    std::string finish() && {
        if (format_ == Format::openmetrics)
            out_ += "# EOF\n";
        return std::move(out_);
    }

    std::string take() && { return std::move(out_); }

private:
    void family(std::string_view name, std::string_view help, std::string_view type) {
        fmt::format_to(std::back_inserter(out_), "# HELP {0} {1}\n# TYPE {0} {2}\n", name,
                       escaped(help, format_ == Format::openmetrics), type);
    }

    Format format_;
    std::string out_;
};

void write_snapshot(Writer& out, const Backfill& backfill, const Snapshot& snapshot) {
    for (const auto& [name, value] : numbers(backfill, snapshot)) {
        out.gauge(name.metric, name.help);
        out.sample(name.metric, gauge_value(value));
    }
}

void write_refreshes(Writer& out, const Telemetry& telemetry) {
    const auto failures = std::accumulate(telemetry.failed.begin(), telemetry.failed.end(), std::uint64_t{0});
    out.counter("backfill_health_refreshes_total", "Measurements by their result");
    out.sample("backfill_health_refreshes_total", "result", "ok", fmt::to_string(telemetry.succeeded));
    out.sample("backfill_health_refreshes_total", "result", "error", fmt::to_string(failures));
    out.counter("backfill_health_refresh_errors_total", "Failed measurements by their reason");
    for (std::size_t i = 0; i < failure_kinds.size(); ++i)
        out.sample("backfill_health_refresh_errors_total", "reason", to_string(failure_kinds.at(i)),
                   fmt::to_string(telemetry.failed.at(i)));
}

void write_durations(Writer& out, const Durations& durations) {
    constexpr std::string_view name = "backfill_health_refresh_duration_seconds";
    const std::string bucket = fmt::format("{}_bucket", name);
    out.histogram(name, "How long measurements took");
    for (std::size_t i = 0; i < duration_bounds.size(); ++i)
        out.sample(bucket, "le", bound(duration_bounds.at(i)), fmt::to_string(durations.at_most.at(i)));
    out.sample(bucket, "le", "+Inf", fmt::to_string(durations.count));
    out.sample(fmt::format("{}_sum", name), fmt::format("{:.6f}", durations.sum_seconds));
    out.sample(fmt::format("{}_count", name), fmt::to_string(durations.count));
}

void write_process(Writer& out, const ProcessStats& process) {
    const auto gauge = [&](std::string_view name, std::string_view help, const std::string& value) {
        out.gauge(name, help);
        out.sample(name, value);
    };
    out.counter("process_cpu_seconds_total", "Total user and system CPU time spent in seconds.");
    out.sample("process_cpu_seconds_total", fmt::format("{:.2f}", process.cpu_seconds));
    gauge("process_resident_memory_bytes", "Resident memory size in bytes.", fmt::to_string(process.resident_bytes));
    gauge("process_virtual_memory_bytes", "Virtual memory size in bytes.", fmt::to_string(process.virtual_bytes));
    gauge("process_start_time_seconds", "Start time of the process since unix epoch in seconds.",
          fmt::format("{:.2f}", process.start_time_seconds));
    gauge("process_open_fds", "Number of open file descriptors.", fmt::to_string(process.open_fds));
    gauge("process_max_fds", "Maximum number of open file descriptors.", fmt::to_string(process.max_fds));
}

std::vector<std::string> distinct_indices(const std::vector<Reading>& readings) {
    std::vector<std::string> out;
    for (const Reading& reading : readings)
        if (std::ranges::find(out, reading.backfill.index) == out.end())
            out.push_back(reading.backfill.index);
    return out;
}

void write_state(Writer& out, const Telemetry& telemetry) {
    for (const Reading& reading : telemetry.readings)
        if (reading.snapshot)
            write_snapshot(out, reading.backfill, *reading.snapshot);
    out.gauge("backfill_health_last_run_timestamp", "Last refresh timestamp (unix seconds)");
    out.sample("backfill_health_last_run_timestamp", fmt::format("{:.3f}", telemetry.last_success_seconds));
    out.gauge("backfill_health_index_info", "Index info (labels only)");
    for (const std::string& index : distinct_indices(telemetry.readings))
        out.sample("backfill_health_index_info", "index", index, "1");
    out.gauge("backfill_health_up", "Whether the latest measurement succeeded");
    out.sample("backfill_health_up", telemetry.up ? "1" : "0");
    out.gauge("backfill_health_build_info", "Version and commit of this program");
    out.sample(fmt::format("backfill_health_build_info{{version=\"{}\",revision=\"{}\"}}", version, revision), "1");
}

} // namespace

void Durations::observe(double seconds) {
    for (std::size_t i = 0; i < duration_bounds.size(); ++i)
        if (seconds <= duration_bounds.at(i))
            ++at_most.at(i);
    ++count;
    sum_seconds += seconds;
}

std::string escaped_label(std::string_view value) {
    return escaped(value, true);
}

std::string_view content_type(Format format) {
    return format == Format::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                         : "text/plain; version=0.0.4; charset=utf-8";
}

std::string expose(const Telemetry& telemetry, Format format) {
    Writer out(format);
    write_state(out, telemetry);
    write_refreshes(out, telemetry);
    write_durations(out, telemetry.durations);
    return std::move(out).take();
}

std::string expose(const ProcessStats& process, Format format) {
    Writer out(format);
    write_process(out, process);
    return std::move(out).finish();
}

std::string expose_state(const Telemetry& telemetry) {
    Writer out(Format::text);
    write_state(out, telemetry);
    return std::move(out).take();
}

} // namespace health::exposition
