#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// Text in the columns of a terminal.
namespace cli {

/// How many columns UTF-8 text takes: wide characters two, combining ones none (Unicode Standard Annex #11).
std::size_t columns_of(std::string_view text);

/// The text, cut to so many columns; an ellipsis (or a tilde in ASCII) stands for what is left out.
std::string fit(std::string_view text, std::size_t columns, bool unicode);

/// The text as lines of so many columns; of more than `most` lines, the last one is cut.
std::vector<std::string> wrap(std::string_view text, std::size_t columns, std::size_t most, bool unicode);

} // namespace cli
