#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>
#include <vector>

namespace health {

/// The parts between separators; an empty text has one empty part.
std::vector<std::string_view> split(std::string_view text, char separator);

/// The parts between commas, without the blanks around them; a comma at the end adds none.
std::vector<std::string> split_list(std::string_view text);

/// The texts with the separator between them.
template <std::ranges::input_range Texts>
std::string join(const Texts& texts, std::string_view separator) {
    std::string out;
    for (bool first = true; const auto& text : texts) {
        if (!first)
            out += separator;
        out += text;
        first = false;
    }
    return out;
}

/// "a, b and 3 more": names at most `most` of them.
template <std::ranges::sized_range Names>
std::string join_first(const Names& names, std::size_t most) {
    std::string out = join(names | std::views::take(most), ", ");
    if (names.size() > most)
        out += " and " + std::to_string(names.size() - most) + " more";
    return out;
}

/// Of ASCII, whatever the locale.
constexpr bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

/// Of ASCII, whatever the locale.
constexpr bool is_letter_or_digit(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view trim(std::string_view text);

/// "1 document", "3 documents".
std::string count_of(std::uint64_t count, std::string_view noun);

struct Utf8Character {
    std::int32_t code_point;
    std::size_t bytes;
};

/// The character that a text begins with, by RFC 3629; none when it is empty or its bytes are not UTF-8.
std::optional<Utf8Character> first_character(std::string_view text);

/// As JSON and Prometheus require of every text (RFC 3629; RFC 8259, section 8.1).
bool is_utf8(std::string_view text);

/// Whether the name matches the pattern, where * stands for any characters.
bool glob(std::string_view pattern, std::string_view name);

/// Of texts that have the same length.
bool are_equal_but_for_case(std::string_view a, std::string_view b);

/// Equal but for the case of ASCII letters. Most names of headers differ in length already.
inline bool iequals(std::string_view a, std::string_view b) {
    return a.size() == b.size() && are_equal_but_for_case(a, b);
}

} // namespace health
