#pragma once

#include <string>
#include <string_view>

namespace health {

/// From now on the secret never leaves through an error or a log line, even when a server sends it back to us.
void register_secret(std::string secret);

/// The text with every registered secret as `***`.
std::string redact(std::string_view text);

} // namespace health
