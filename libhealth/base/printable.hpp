#pragma once

#include <string>
#include <string_view>

namespace health {

/// The text without control characters and registered secrets, cut to `limit` bytes between two UTF-8 characters.
std::string printable(std::string_view raw, std::size_t limit = std::string_view::npos);

/// C0, DEL and C1: what a terminal may obey, and what ends a line.
bool has_control_characters(std::string_view text);

} // namespace health
