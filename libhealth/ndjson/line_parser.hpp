#pragma once

#include <simdjson.h>

#include <string>
#include <string_view>

namespace health::ndjson {

/// One line as JSON, fully validated.
class LineParser {
public:
    /// SIMDJSON_PADDING readable bytes must follow the line. The value lives until the next call.
    simdjson::simdjson_result<simdjson::dom::element> parse(std::string_view line);

private:
    simdjson::dom::parser parser_;
};

/// Replaces what JSON allows but simdjson cannot represent: a number beyond 64 bits or beyond a double becomes the
/// nearest double, half a surrogate pair becomes U+FFFD. Text that is not JSON stays invalid.
std::string representable(std::string_view json);

} // namespace health::ndjson
