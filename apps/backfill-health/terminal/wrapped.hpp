#pragma once

#include <string>
#include <string_view>

namespace cli {

/// The text in lines of 80 characters at most. Its own line breaks stay.
std::string wrapped(std::string_view text);

} // namespace cli
