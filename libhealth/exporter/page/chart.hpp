#pragma once

#include <exporter/journal.hpp>

#include <string>
#include <string_view>

namespace health::exporter {

/// How many lacked the field over time, as a figure of HTML with an inline SVG line; empty without two points in time.
std::string render_chart(const Trend& trend, std::string_view field_label);

} // namespace health::exporter
