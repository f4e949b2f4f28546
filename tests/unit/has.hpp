#pragma once

#include <string>
#include <string_view>

namespace test {

/// Whether the part is somewhere in the text.
inline bool has(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

inline bool has_line(const std::string& text, std::string_view line) {
    return has("\n" + text, "\n" + std::string(line) + "\n");
}

} // namespace test
