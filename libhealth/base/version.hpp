#pragma once

#include <string_view>

namespace health {

extern const std::string_view version;  ///< of the release: "0.1.0"
extern const std::string_view revision; ///< the commit it was built from, abbreviated; "unknown" outside a checkout

} // namespace health
