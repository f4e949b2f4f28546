#include <terminal/wrapped.hpp>

#include <algorithm>

namespace cli {

std::string wrapped(std::string_view text) {
    constexpr std::size_t width = 80;
    std::string out;
    std::size_t column = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find_first_of(" \n"), text.size());
        const std::string_view word = text.substr(0, end);
        if (column > 0 && column + 1 + word.size() > width) {
            out += '\n';
            column = 0;
        }
        if (column > 0)
            out += ' ';
        out += word;
        column += word.size() + (column > 0 ? 1 : 0);
        if (end < text.size() && text[end] == '\n') {
            out += '\n';
            column = 0;
        }
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return out;
}

} // namespace cli
