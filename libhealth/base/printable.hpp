#pragma once

#include <string>
#include <string_view>

namespace health {

/// The text without control characters and registered secrets, cut to `limit` bytes between two UTF-8 characters.
std::string printable(std::string_view raw, std::size_t limit = std::string_view::npos);

} // namespace health
