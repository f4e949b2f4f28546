#include <model/rules/lexer.hpp>

#include <base/printable.hpp>
#include <base/text.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace health {

namespace {

constexpr std::string_view comparison_signs = "<>=!";
constexpr std::string_view single_signs = "()[],";

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/// Of a field, a number or a date. Bytes beyond ASCII belong to letters.
bool is_word_character(char c) {
    return is_letter_or_digit(c) || static_cast<unsigned char>(c) >= 0x80 ||
           std::string_view("_.@-+:").find(c) != std::string_view::npos;
}

std::size_t length_of_word(std::string_view text) {
    return static_cast<std::size_t>(std::ranges::find_if_not(text, is_word_character) - text.begin());
}

/// Including both quotation marks; 0 when the second one is missing. A backslash takes the meaning of the next one.
std::size_t length_of_quotation(std::string_view text) {
    const char mark = text.front();
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '\\' && mark == '"')
            ++i;
        else if (text[i] == mark)
            return i + 1;
    }
    return 0;
}

std::size_t length_of_comparison(std::string_view text) {
    const std::size_t length = std::min(text.find_first_not_of(comparison_signs), text.size());
    return std::min<std::size_t>(length, text.size() > 1 && text[1] == '=' ? 2 : 1);
}

RuleToken take_token(std::string_view rule, std::size_t offset) {
    using enum RuleToken::Kind;
    const std::string_view rest = rule.substr(offset);
    const auto token = [&](RuleToken::Kind kind, std::size_t length) {
        return RuleToken{.kind = kind, .written = rest.substr(0, length), .offset = offset};
    };
    const char c = rest.front();
    if (is_word_character(c))
        return token(word, length_of_word(rest));
    if (c == '"' || c == '`') {
        const std::size_t length = length_of_quotation(rest);
        if (length == 0)
            throw RuleProblem{offset,
                              fmt::format("the closing {} is missing", c == '"' ? "quotation mark" : "backquote")};
        return token(c == '"' ? text : quoted, length);
    }
    if (comparison_signs.find(c) != std::string_view::npos)
        return token(sign, length_of_comparison(rest));
    if (single_signs.find(c) != std::string_view::npos)
        return token(sign, 1);
    throw RuleProblem{offset, fmt::format("{} is unexpected in a rule", printable(rest.substr(0, 1))),
                      "a field with other characters is written in backquotes, text in quotation marks"};
}

} // namespace

std::vector<RuleToken> split_rule(std::string_view text) {
    std::vector<RuleToken> out;
    std::size_t offset = 0;
    while (offset < text.size()) {
        if (is_blank(text[offset])) {
            ++offset;
            continue;
        }
        out.push_back(take_token(text, offset));
        offset += out.back().written.size();
    }
    out.push_back({.kind = RuleToken::Kind::end, .written = {}, .offset = text.size()});
    return out;
}

bool is_plain_field(std::string_view word) {
    constexpr std::array reserved{"now", "in", "true", "false", "max", "min"};
    return !word.empty() && word.find_first_of("+:") == std::string_view::npos &&
           std::ranges::find(reserved, word) == reserved.end() &&
           std::ranges::any_of(word, [](char c) { return is_word_character(c) && c != '-' && c != '.'; });
}

} // namespace health
