#pragma once

#include <base/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace health::elasticsearch {

/// An index expression as one segment of a path. Commas and asterisks keep their meaning; what would leave the
/// path is refused with `usage`, everything else is the engine's to judge.
Result<std::string> index_path(const std::string& expression);

/// The names and patterns in an index expression, without its exclusions ("-name").
std::vector<std::string_view> included_parts(std::string_view expression);

/// What fits into a request line of 4,096 bytes (http.max_initial_line_length), including the URL's prefix.
inline constexpr std::size_t longest_index_path = 3500;

} // namespace health::elasticsearch
