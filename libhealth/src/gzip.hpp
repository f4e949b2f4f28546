#pragma once

#include <health/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace health {

/// RFC 1952. The result is the same for the same text (no name, no time).
std::string gzip(std::string_view text);

/// Fails with `bad_response` when the stream is broken, ends early, or holds more than `limit` bytes.
Result<std::string> gunzip(std::string_view compressed, std::size_t limit);

} // namespace health
