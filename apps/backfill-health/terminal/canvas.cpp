#include <terminal/canvas.hpp>

#include <base/columns.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <sys/ioctl.h>
#include <utility>

namespace cli {

namespace {

// ECMA-48 (8.3.22 CUU, 8.3.41 EL, 8.3.39 ED), and DEC's private mode 25, the cursor.
constexpr std::string_view hide_cursor = "\x1b[?25l";
constexpr std::string_view show_cursor = "\x1b[?25h";
constexpr std::string_view erase_to_end_of_line = "\x1b[K";
constexpr std::string_view erase_below = "\x1b[J";

} // namespace

Size terminal_size(int descriptor) {
    winsize size{};
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0 || size.ws_col == 0 || size.ws_row == 0)
        return {.columns = 80, .rows = 24};
    return {.columns = size.ws_col, .rows = size.ws_row};
}

std::string Canvas::draw(const std::vector<Line>& lines, Size size) {
    std::string out;
    if (drawn_.empty())
        out += hide_cursor;
    // A terminal that became narrower has re-wrapped the lines.
    std::size_t up = 0;
    for (const std::size_t columns : drawn_)
        up += std::max<std::size_t>(1, (columns + size.columns - 1) / size.columns);
    up = std::min(up, size.rows - 1);
    if (up > 0)
        out += fmt::format("\x1b[{}A", up);
    out += '\r';
    drawn_.clear();
    for (const Line& line : lines) {
        if (drawn_.size() + 1 >= size.rows)
            break;
        out += line.style ? paint_(*line.style, line.text) : line.text;
        out += erase_to_end_of_line;
        out += "\r\n";
        drawn_.push_back(health::columns_of(line.text));
    }
    return out + std::string(erase_below);
}

std::string Canvas::leave() {
    // Where the cursor stands, the terminal may have echoed ^C.
    const bool drawn = !std::exchange(drawn_, {}).empty();
    return drawn ? fmt::format("\r{}{}", erase_to_end_of_line, show_cursor) : "";
}

} // namespace cli
