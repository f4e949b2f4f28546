#pragma once

#include "exporter/journal.hpp"

#include <string>

namespace health::exporter {

/// What was missing over time as a figure of HTML with an inline SVG line; empty with less than two points.
std::string render_chart(const Trend& trend);

} // namespace health::exporter
