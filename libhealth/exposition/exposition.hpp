#pragma once

#include <exposition/telemetry.hpp>

#include <string>

namespace health::exposition {

enum class Format {
    text,        ///< https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4
    openmetrics, ///< https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
};

std::string_view content_type(Format format);

/// The value of a label as it stands between its quotes.
std::string escaped_label(std::string_view value);

/// A page of metrics is what was measured, and behind it what the process needs, which changes all the time.
/// The same bytes in every locale.
std::string expose(const Telemetry& telemetry, Format format);
std::string expose(const ProcessStats& process, Format format);

/// The part of it that outlives a process: no counters, and nothing of the process. As text.
std::string expose_state(const Telemetry& telemetry);

} // namespace health::exposition
