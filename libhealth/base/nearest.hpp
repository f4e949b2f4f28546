#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace health {

/// The candidate that was probably meant by the word; none when no candidate is close to it.
std::optional<std::string> nearest(std::string_view word, const std::vector<std::string_view>& candidates);

} // namespace health
