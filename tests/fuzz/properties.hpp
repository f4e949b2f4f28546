#pragma once

#include "fuzz.hpp"

#include <base/error.hpp>

#include <algorithm>
#include <string_view>

namespace test {

template <class T>
T must_succeed(health::Result<T> result, std::source_location where = std::source_location::current()) {
    must(result.has_value(), where);
    return *std::move(result);
}

/// Of what goes to a terminal: no control characters, those of ISO 6429 above ASCII (U+0080 to U+009F) included.
inline void must_be_printable(std::string_view text) {
    must(std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }));
    for (auto at = text.find('\xC2'); at != std::string_view::npos; at = text.find('\xC2', at + 1)) {
        const auto next = static_cast<unsigned char>(at + 1 == text.size() ? 0 : text[at + 1]);
        must(next < 0x80 || next > 0x9F);
    }
}

/// Of every failure: it can be told on one short line.
inline void must_be_tellable(const health::Error& error) {
    const std::string line = health::one_line(error, [](const health::Hint& hint) { return hint.sentence(); });
    must(!error.message.empty() && !line.empty() && line.size() <= 270);
    must_be_printable(line);
}

} // namespace test
