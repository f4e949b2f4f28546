#pragma once

#include <exporter/journal.hpp>

#include <string>

namespace health::exporter {

/// The page for people: HTML without any external request.
std::string render_front_page(const View& view, std::string_view source, Timestamp now);

} // namespace health::exporter
