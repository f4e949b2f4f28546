#pragma once

#include <terminal/terminal.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace cli {

struct Line {
    std::string text;
    std::optional<Style> style{};
};

struct Size {
    std::size_t columns;
    std::size_t rows;
};

/// The size of the terminal at the descriptor; 80 by 24 when it is unknown.
Size terminal_size(int descriptor);

/// Some lines of a terminal that are drawn again and again at the same place. What is returned is to be written at
/// once, so that nothing flickers.
class Canvas {
public:
    explicit Canvas(Paint paint) : paint_(paint) {}

    /// The lines must fit into the columns but one; of more lines than rows only the first are drawn.
    std::string draw(const std::vector<Line>& lines, Size size);
    /// The last drawing stays, and the cursor stands below it; the next one begins there.
    std::string leave();

private:
    Paint paint_;
    std::vector<std::size_t> drawn_; ///< the columns of each line
};

} // namespace cli
