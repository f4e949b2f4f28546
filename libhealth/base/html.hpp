#pragma once

#include <string>
#include <string_view>

namespace health {

/// The text as content or attribute value of HTML.
std::string escape_html(std::string_view text);

} // namespace health
