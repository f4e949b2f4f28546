#include <cli/appearance.hpp>

#include <cli/options.hpp>

#include <algorithm>
#include <unistd.h>

namespace cli {

bool is_terminal(int descriptor, const Settings& settings) {
    const auto kind = settings.variable("TERM");
    return kind && *kind != "dumb" && isatty(descriptor) == 1;
}

/// POSIX, Base Definitions, section 8.2: the first of these that is set says how characters are encoded.
health::Glyphs read_glyphs(const Settings& settings) {
    for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"})
        if (auto locale = settings.variable(name)) {
            std::ranges::transform(*locale, locale->begin(),
                                   [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
            const bool utf8 = locale->find("UTF-8") != std::string::npos || locale->find("UTF8") != std::string::npos;
            return utf8 ? health::Glyphs::unicode : health::Glyphs::ascii;
        }
    return health::Glyphs::ascii;
}

ColorWhen read_color(Settings& settings) {
    const auto when = settings.choice<ColorWhen>(options::color);
    const bool plain = settings.variable("NO_COLOR") || settings.variable("TERM") == "dumb";
    return when == ColorWhen::on_a_terminal && plain ? ColorWhen::never : when;
}

} // namespace cli
