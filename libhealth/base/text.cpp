#include <base/text.hpp>

#include <base/secrets.hpp>
#include <base/utf8.hpp>

#include <simdjson.h>

#include <algorithm>

namespace health {

namespace {

constexpr std::string_view ellipsis = "…";

char ascii_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool continues_character(char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
}

/// The bytes of the control character that the text begins with, 0 when it is another. U+0080 to U+009F are some, too:
/// terminals obey them.
std::size_t control_size(std::string_view text) {
    if (static_cast<unsigned char>(text.front()) < 0x20 || text.front() == 0x7F)
        return 1;
    const bool above_ascii = text.size() > 1 && text[0] == '\xC2' && continues_character(text[1]) && text[1] <= '\x9F';
    return above_ascii ? 2 : 0;
}

} // namespace

std::string printable(std::string_view raw, std::size_t limit) {
    // Before it is cut: a half of a secret would not be recognised.
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
        std::size_t end = limit > ellipsis.size() ? limit - ellipsis.size() : 0;
        while (end > 0 && continues_character(out[end]))
            --end;
        out.resize(end);
        out += ellipsis;
    }
    return out;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (;;) {
        const auto end = text.find(separator);
        parts.push_back(text.substr(0, end));
        if (end == std::string_view::npos)
            return parts;
        text.remove_prefix(end + 1);
    }
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

bool is_utf8(std::string_view text) {
    return simdjson::validate_utf8(text.data(), text.size());
}

bool iequals(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, {}, ascii_lower, ascii_lower);
}

} // namespace health
