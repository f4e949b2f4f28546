#pragma once

#include <string>
#include <string_view>

namespace health {

/// The text as HTML content or as an attribute value.
std::string escape_html(std::string_view text);

/// Everything but unreserved characters, and those in `keep`, as %XX (RFC 3986, section 2.1).
std::string percent_encode(std::string_view text, std::string_view keep = "");

/// The reverse; malformed text is returned unchanged.
std::string percent_decode(std::string_view text);

} // namespace health
