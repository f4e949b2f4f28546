#pragma once

#include <base/glyphs.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Text in columns of equal width, as on a terminal. All texts are UTF-8 without control characters.
namespace health {

/// How many columns a text takes: two for wide characters, none for combining ones (Unicode Standard Annex #11).
std::size_t columns_of(std::string_view text);

/// The text, padded with blanks on its right, or on its left, to this many columns.
std::string align_left(std::string_view text, std::size_t columns);
std::string align_right(std::string_view text, std::size_t columns);

/// The text, cut to this many columns; an ellipsis marks the cut.
std::string fit(std::string_view text, std::size_t columns, Glyphs glyphs);

/// The text in lines of at most this many columns, broken between words; its own line breaks stay. Only a word that is
/// longer than a line is broken.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

/// The same, in at most this many lines; the last of them is cut when there is more text.
std::vector<std::string> wrap(std::string_view text, std::size_t columns, std::size_t max_lines, Glyphs glyphs);

inline constexpr std::size_t usual_width = 80;

/// The text wrapped to lines of the usual width, as one string.
std::string wrapped(std::string_view text);

} // namespace health
