#pragma once

#include <string>
#include <string_view>

namespace health {

/// From now on the secret never leaves through an error or a log line, even when a server sends it back to us: as it
/// is, or as JSON, HTML, URLs and base64 write it.
void register_secret(const std::string& secret);

/// The text with every registered secret as `***`.
std::string redact(std::string_view text);

} // namespace health
