#include <cli/appearance.hpp>

#include <cli/options.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <unistd.h>

namespace cli {

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

Result<ColorWhen> read_color(const Arguments& arguments) {
    const std::string when = arguments.text(options::color);
    if (when == "always")
        return ColorWhen::always;
    if (when == "never")
        return ColorWhen::never;
    if (when == "auto")
        return arguments.variable("NO_COLOR") || arguments.variable("TERM") == "dumb" ? ColorWhen::never
                                                                                      : ColorWhen::on_a_terminal;
    return Error{ErrorKind::usage,
                 fmt::format("{}: \"{}\" is not {}", describe(options::color), when, one_of(options::color.choices)),
                 ""};
}

} // namespace cli
