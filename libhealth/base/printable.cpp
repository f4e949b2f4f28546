#include <base/printable.hpp>

#include <base/glyphs.hpp>
#include <base/secrets.hpp>

#include <algorithm>

namespace health {

namespace {

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// The size of the control character that the text begins with; 0 when it begins with another character. Terminals
/// obey U+0080 to U+009F as well.
std::size_t control_size(std::string_view text) {
    if (static_cast<unsigned char>(text.front()) < 0x20 || text.front() == 0x7F)
        return 1;
    const bool above_ascii = text.size() > 1 && text[0] == '\xC2' && continues_character(text[1]) && text[1] <= '\x9F';
    return above_ascii ? 2 : 0;
}

} // namespace

std::string printable(std::string_view raw, std::size_t limit) {
    // Redact before cutting: half of a secret would not be recognised.
    const std::string redacted = redact(raw);
    std::string_view text = redacted;
    std::string out;
    while (!text.empty()) {
        const std::size_t control = control_size(text);
        if (control == 0)
            out += text.front();
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
        text.remove_prefix(std::max<std::size_t>(control, 1));
    }
    if (out.size() > limit) {
        const std::string_view mark = ellipsis(Glyphs::unicode);
        std::size_t end = limit > mark.size() ? limit - mark.size() : 0;
        while (end > 0 && continues_character(out[end]))
            --end;
        out.resize(end);
        out += mark;
    }
    return out;
}

} // namespace health
