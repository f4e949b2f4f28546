#pragma once

#include <string>
#include <string_view>

namespace health {

/// The text as content or attribute value of HTML.
std::string escape_html(std::string_view text);

/// Everything but unreserved characters, and those in `keep`, as %XX (RFC 3986, section 2.1).
std::string percent_encode(std::string_view text, std::string_view keep = "");

/// The reverse; what is not encoded well stays as it is.
std::string percent_decode(std::string_view text);

} // namespace health
