#pragma once

#include <string>
#include <string_view>

namespace health {

/// RFC 4648, section 4.
std::string to_base64(std::string_view text);

/// Empty when the text is not base64.
std::string from_base64(std::string_view text);

} // namespace health
