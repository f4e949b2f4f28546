#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Text in columns of equal width, as on a terminal. All texts are UTF-8 without control characters.
namespace health {

/// How many columns a text takes: wide characters two, combining ones none (Unicode Standard Annex #11).
std::size_t columns_of(std::string_view text);

/// The text, padded with blanks behind it, or before it, to this many columns.
std::string align_left(std::string_view text, std::size_t columns);
std::string align_right(std::string_view text, std::size_t columns);

/// The text, cut to this many columns; an ellipsis (or a tilde in ASCII) stands for what is left out.
std::string fit(std::string_view text, std::size_t columns, bool unicode);

/// The text in lines of at most this many columns, broken between words; its own line breaks stay. Only a word that is
/// longer than a line is broken.
std::vector<std::string> wrap(std::string_view text, std::size_t columns);

/// The same in at most this many lines, the last of them cut when there is more.
std::vector<std::string> wrap(std::string_view text, std::size_t columns, std::size_t most, bool unicode);

/// The same as one text of lines of 80 columns.
std::string wrapped(std::string_view text);

} // namespace health
