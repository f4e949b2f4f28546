#pragma once

#include <base/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace health {

/// The beginning of a text, compressed once, for different endings (RFC 1952). The same text gives the same bytes:
/// there is no name and no time in them.
class GzippedBeginning {
public:
    explicit GzippedBeginning(std::string_view beginning);

    /// The whole text with this ending, as one member.
    [[nodiscard]] std::string with(std::string_view ending) const;

private:
    std::string bytes_;
    unsigned long checksum_;
    std::size_t size_;
};

/// The first `limit` bytes, and some more where there are more. Fails with `bad_response` when the stream is broken or
/// ends early.
Result<std::string> gunzip(std::string_view compressed, std::size_t limit);

} // namespace health
