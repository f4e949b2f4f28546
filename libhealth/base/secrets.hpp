#pragma once

#include <string>
#include <string_view>

namespace health {

/// From now on the secret never appears in an error or a log line, even when a server sends it back to us: neither as
/// it is nor as it is written in JSON, HTML, URLs and base64.
void register_secret(const std::string& secret);

/// The text with every registered secret as `***`.
std::string redact(std::string_view text);

} // namespace health
