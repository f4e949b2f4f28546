#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace health {

/// The text without control characters and registered secrets, cut to `limit` bytes between two UTF-8 characters.
std::string printable(std::string_view raw, std::size_t limit = std::string_view::npos);

/// The parts between separators; an empty text has one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

std::string_view trim(std::string_view text);

bool iequals(std::string_view a, std::string_view b);

} // namespace health
