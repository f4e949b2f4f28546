#include <base/columns.hpp>

#include <base/text.hpp>

#include <algorithm>
#include <span>
#include <utf8proc.h>
#include <utility>

namespace health {

namespace {

struct Extent {
    std::size_t bytes;
    std::size_t columns;
};

Extent first_extent(std::string_view text) {
    const auto character = first_character(text);
    if (!character) // a terminal draws one replacement character
        return {.bytes = 1, .columns = 1};
    // utf8proc gives no width to characters newer than its tables, but terminals draw them.
    const bool unknown = utf8proc_category(character->code_point) == UTF8PROC_CATEGORY_CN;
    return {.bytes = character->bytes,
            .columns = unknown ? 1 : static_cast<std::size_t>(utf8proc_charwidth(character->code_point))};
}

/// How many bytes of the text fit into the columns.
std::size_t bytes_that_fit(std::string_view text, std::size_t columns) {
    std::size_t bytes = 0;
    for (std::size_t used = 0; bytes < text.size();) {
        const Extent character = first_extent(text.substr(bytes));
        used += character.columns;
        if (used > columns)
            break;
        bytes += character.bytes;
    }
    return bytes;
}

/// The same, but one character at least.
std::size_t bytes_of_first_line(std::string_view word, std::size_t columns) {
    return word.empty() ? 0 : std::max(bytes_that_fit(word, columns), first_extent(word).bytes);
}

void wrap_paragraph(std::vector<std::string>& out, std::string_view paragraph, std::size_t columns) {
    std::string line;
    std::size_t used = 0;
    const auto finish_line = [&] {
        out.push_back(std::exchange(line, {}));
        used = 0;
    };
    for (std::string_view word : split(paragraph, ' ')) {
        if (used > 0 && used + 1 + columns_of(word) > columns)
            finish_line();
        while (used == 0 && bytes_of_first_line(word, columns) < word.size()) {
            line = word.substr(0, bytes_of_first_line(word, columns));
            word.remove_prefix(line.size());
            finish_line();
        }
        line += used > 0 ? " " : "";
        line += word;
        used = columns_of(line);
    }
    finish_line();
}

} // namespace

std::size_t columns_of(std::string_view text) {
    std::size_t out = 0;
    while (!text.empty()) {
        const Extent character = first_extent(text);
        out += character.columns;
        text.remove_prefix(character.bytes);
    }
    return out;
}

std::string align_left(std::string_view text, std::size_t columns) {
    return std::string(text) + std::string(columns - std::min(columns, columns_of(text)), ' ');
}

std::string align_right(std::string_view text, std::size_t columns) {
    return std::string(columns - std::min(columns, columns_of(text)), ' ') + std::string(text);
}

std::string fit(std::string_view text, std::size_t columns, Glyphs glyphs) {
    if (columns_of(text) <= columns)
        return std::string(text);
    if (columns == 0)
        return "";
    return std::string(text.substr(0, bytes_that_fit(text, columns - 1))) + std::string(ellipsis(glyphs));
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns) {
    std::vector<std::string> out;
    for (const std::string_view paragraph : split(text, '\n'))
        wrap_paragraph(out, paragraph, columns);
    return out;
}

std::vector<std::string> wrap(std::string_view text, std::size_t columns, std::size_t max_lines, Glyphs glyphs) {
    auto lines = wrap(text, columns);
    if (lines.size() > max_lines) {
        const std::string rest = join(std::span(lines).subspan(max_lines - 1), " ");
        lines.resize(max_lines);
        lines.back() = fit(rest, columns, glyphs);
    }
    return lines;
}

std::string wrapped(std::string_view text) {
    return join(wrap(text, usual_width), "\n");
}

} // namespace health
