#pragma once

#include "exposition/telemetry.hpp"

#include <string>

namespace health::exposition {

enum class Format {
    text,        ///< https://prometheus.io/docs/instrumenting/exposition_formats/, version 0.0.4
    openmetrics, ///< https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
};

std::string_view content_type(Format format);

/// A page of metrics. The same bytes in every locale.
std::string expose(const Telemetry& telemetry, const ProcessStats& process, Format format);

/// The part of it that outlives a process: no counters, and nothing of the process. As text.
std::string expose_state(const Telemetry& telemetry);

} // namespace health::exposition
