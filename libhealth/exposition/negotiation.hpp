#pragma once

#include <exposition/text_format.hpp>

#include <string_view>

namespace health::exposition {

/// RFC 9110, section 12.5.1: OpenMetrics when the Accept header prefers it to plain text, by q-values.
Format negotiate_format(std::string_view accept);

/// RFC 9110, section 12.5.3: whether the Accept-Encoding header allows gzip.
bool accepts_gzip(std::string_view accept_encoding);

} // namespace health::exposition
