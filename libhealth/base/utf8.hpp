#pragma once

#include <string_view>

namespace health {

/// What JSON and Prometheus want of every text (RFC 8259, section 8.1).
bool is_utf8(std::string_view text);

} // namespace health
