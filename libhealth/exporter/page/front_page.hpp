#pragma once

#include <exporter/page/view.hpp>

#include <string>

namespace health::exporter {

/// The page for people: HTML without any external request. Of one backfill it has everything, of several an overview.
std::string render_front_page(const View& view, std::string_view source, Timestamp now);

/// The page of one of several: it leads back to the overview.
std::string render_page_of_one(const View& view, std::string_view source, Timestamp now);

} // namespace health::exporter
