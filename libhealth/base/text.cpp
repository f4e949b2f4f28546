#include <base/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <utf8proc.h>

namespace health {

namespace {

constexpr char ascii_lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

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

std::vector<std::string> split_list(std::string_view text) {
    std::vector<std::string> out;
    for (const std::string_view part : split(text, ','))
        out.emplace_back(trim(part));
    if (out.size() > 1 && out.back().empty())
        out.pop_back();
    return out;
}

std::string_view trim(std::string_view text) {
    constexpr std::string_view blanks = " \t\r\n";
    const auto begin = text.find_first_not_of(blanks);
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::optional<Utf8Character> first_character(std::string_view text) {
    utf8proc_int32_t code_point = 0;
    const auto bytes = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()), // NOLINT
                                        static_cast<utf8proc_ssize_t>(text.size()), &code_point);
    if (bytes <= 0)
        return std::nullopt;
    return Utf8Character{.code_point = code_point, .bytes = static_cast<std::size_t>(bytes)};
}

bool is_utf8(std::string_view text) {
    while (const auto character = first_character(text))
        text.remove_prefix(character->bytes);
    return text.empty();
}

bool glob(std::string_view pattern, std::string_view name) {
    const auto star = pattern.find('*');
    if (star == std::string_view::npos)
        return pattern == name;
    if (!name.starts_with(pattern.substr(0, star)))
        return false;
    name.remove_prefix(star);
    pattern.remove_prefix(star + 1);
    // The text up to the next star may match at its first occurrence; only the text after the last star is bound to the
    // end.
    for (auto next = pattern.find('*'); next != std::string_view::npos; next = pattern.find('*')) {
        const auto at = name.find(pattern.substr(0, next));
        if (at == std::string_view::npos)
            return false;
        name.remove_prefix(at + next);
        pattern.remove_prefix(next + 1);
    }
    return name.ends_with(pattern);
}

bool are_equal_but_for_case(std::string_view a, std::string_view b) {
    return std::ranges::equal(a, b, [](char left, char right) { return ascii_lower(left) == ascii_lower(right); });
}

std::string count_of(std::uint64_t count, std::string_view noun) {
    return fmt::format("{} {}{}", count, noun, count == 1 ? "" : "s");
}

} // namespace health
