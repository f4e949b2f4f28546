#include <terminal/terminal.hpp>

#include <fmt/format.h>

#include <algorithm>
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

bool is_terminal(int descriptor, const Arguments& arguments) {
    const auto kind = arguments.variable("TERM");
    return kind && *kind != "dumb" && isatty(descriptor) == 1;
}

/// POSIX, Base Definitions, section 8.2: the first of these that is set says how characters are encoded.
health::Glyphs read_glyphs(const Arguments& arguments) {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
        if (auto locale = arguments.variable(name)) {
            std::ranges::transform(*locale, locale->begin(),
                                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
            const bool utf8 = locale->find("UTF-8") != std::string::npos || locale->find("UTF8") != std::string::npos;
            return utf8 ? health::Glyphs::unicode : health::Glyphs::ascii;
        }
    return health::Glyphs::ascii;
}

Paint::Paint(ColorWhen when, int descriptor)
    : on_(when == ColorWhen::always || (when == ColorWhen::on_a_terminal && isatty(descriptor) == 1)) {}

std::string Paint::operator()(Style style, std::string_view text) const {
    return on_ ? fmt::format("\x1b[{}m{}\x1b[0m", rendition(style), text) : std::string(text);
}

} // namespace cli
