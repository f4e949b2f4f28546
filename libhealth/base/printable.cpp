#include <base/printable.hpp>

#include <base/glyphs.hpp>
#include <base/secrets.hpp>
#include <base/text.hpp>

namespace health {

namespace {

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// Terminals obey U+0080 to U+009F as well.
bool is_control(std::int32_t code_point) {
    return code_point < 0x20 || (code_point >= 0x7F && code_point <= 0x9F);
}

} // namespace

bool has_control_characters(std::string_view text) {
    while (!text.empty()) {
        const auto character = first_character(text);
        if (character && is_control(character->code_point))
            return true;
        text.remove_prefix(character ? character->bytes : 1);
    }
    return false;
}

std::string printable(std::string_view raw, std::size_t limit) {
    // Redact before cutting: half of a secret would not be recognised.
    const std::string redacted = redact(raw);
    std::string_view text = redacted;
    std::string out;
    while (!text.empty()) {
        const auto character = first_character(text);
        const std::size_t bytes = character ? character->bytes : 1;
        if (!character)
            out += "\uFFFD";
        else if (!is_control(character->code_point))
            out += text.substr(0, bytes);
        else if (!out.empty() && out.back() != ' ')
            out += ' ';
        text.remove_prefix(bytes);
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
