#include <terminal/terminal.hpp>

#include <fmt/format.h>

#include <unistd.h>

namespace cli {

namespace {

int rendition(Style style) {
    switch (style) {
    case Style::good:
        return 32;
    case Style::warning:
        return 33;
    case Style::bad:
        return 31;
    case Style::strong:
        return 1;
    case Style::faint:
        return 2;
    }
    return 0;
}

} // namespace

Paint::Paint(ColorWhen when, int descriptor)
    : on_(when == ColorWhen::always || (when == ColorWhen::on_a_terminal && isatty(descriptor) == 1)) {}

std::string Paint::operator()(Style style, std::string_view text) const {
    return on_ ? fmt::format("\x1b[{}m{}\x1b[0m", rendition(style), text) : std::string(text);
}

} // namespace cli
