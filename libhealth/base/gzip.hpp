#pragma once

#include <base/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace health {

/// The beginning of a text, compressed once and used with different endings (RFC 1952). The same text always gives the
/// same bytes: they contain no name and no time.
class GzipPrefix {
public:
    explicit GzipPrefix(std::string_view beginning);

    /// The whole text with this ending, as one member.
    [[nodiscard]] std::string with(std::string_view ending) const;

private:
    std::string bytes_;
    unsigned long checksum_;
    std::size_t size_;
};

/// The whole text, or somewhat more than `limit` bytes of a longer one. Fails with `bad_response` when the stream is
/// corrupt or truncated.
Result<std::string> gunzip(std::string_view compressed, std::size_t limit);

} // namespace health
