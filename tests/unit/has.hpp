#pragma once

#include <string_view>

namespace test {

/// Whether the part is somewhere in the text.
inline bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

} // namespace test
