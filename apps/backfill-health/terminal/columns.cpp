#include <terminal/columns.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace cli {

namespace {

using Range = std::pair<char32_t, char32_t>;

constexpr std::array<Range, 8> combining{{{0x0300, 0x036F},
                                          {0x0483, 0x0489},
                                          {0x0591, 0x05BD},
                                          {0x064B, 0x065F},
                                          {0x200B, 0x200F},
                                          {0x20D0, 0x20F0},
                                          {0xFE00, 0xFE0F},
                                          {0xFE20, 0xFE2F}}};
constexpr std::array<Range, 9> wide{{{0x1100, 0x115F},
                                     {0x2E80, 0x303E},
                                     {0x3041, 0xA4CF},
                                     {0xAC00, 0xD7A3},
                                     {0xF900, 0xFAFF},
                                     {0xFE30, 0xFE6F},
                                     {0xFF00, 0xFF60},
                                     {0xFFE0, 0xFFE6},
                                     {0x1F300, 0x3FFFD}}};

bool is_in(char32_t c, const auto& ranges) {
    return std::ranges::any_of(ranges, [c](const Range& range) { return c >= range.first && c <= range.second; });
}

std::size_t width_of(char32_t c) {
    if (is_in(c, combining))
        return 0;
    return is_in(c, wide) ? 2 : 1;
}

/// The first character of valid UTF-8, and how many bytes it has.
std::pair<char32_t, std::size_t> first_character(std::string_view text) {
    const auto lead = static_cast<unsigned char>(text.front());
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t c = size == 1 ? lead : lead & (0x7FU >> size);
    for (std::size_t i = 1; i < size && i < text.size(); ++i)
        c = (c << 6U) | (static_cast<unsigned char>(text[i]) & 0x3FU);
    return {c, std::min(size, text.size())};
}

} // namespace

std::size_t columns_of(std::string_view text) {
    std::size_t out = 0;
    while (!text.empty()) {
        const auto [character, size] = first_character(text);
        out += width_of(character);
        text.remove_prefix(size);
    }
    return out;
}

namespace {

/// How many bytes of the text fit.
std::size_t fitting(std::string_view text, std::size_t columns) {
    std::size_t bytes = 0;
    for (std::size_t used = 0; bytes < text.size();) {
        const auto [character, size] = first_character(text.substr(bytes));
        used += width_of(character);
        if (used > columns)
            break;
        bytes += size;
    }
    return bytes;
}

} // namespace

std::string fit(std::string_view text, std::size_t columns, bool unicode) {
    if (columns_of(text) <= columns)
        return std::string(text);
    if (columns == 0)
        return "";
    return std::string(text.substr(0, fitting(text, columns - 1))) + (unicode ? "…" : "~");
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns, std::size_t most, bool unicode) {
    std::vector<std::string> out;
    while (out.size() + 1 < most && columns_of(text) > columns) {
        std::size_t bytes = fitting(text, columns);
        if (const auto space = text.substr(0, bytes).rfind(' '); space != std::string_view::npos && space > bytes / 2)
            bytes = space + 1;
        if (bytes == 0)
            break;
        out.emplace_back(text.substr(0, bytes));
        text.remove_prefix(bytes);
    }
    out.push_back(fit(text, columns, unicode));
    return out;
}

} // namespace cli
