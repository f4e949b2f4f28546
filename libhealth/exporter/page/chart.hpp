#pragma once

#include <exporter/page/missing_history.hpp>

#include <string>
#include <string_view>

namespace health::exporter {

/// How many lacked the field over time, up to the newest snapshot: a figure of HTML with an inline line of SVG, cut
/// where nothing was measured. Empty without two points in time.
std::string render_chart(const MissingHistory& history, std::string_view field_label);

} // namespace health::exporter
