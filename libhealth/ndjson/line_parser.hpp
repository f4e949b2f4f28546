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

/// The text with what JSON allows and simdjson does not hold put into its reach: a number beyond 64 bits or beyond a
/// double becomes the double nearest to it, half a surrogate pair becomes U+FFFD. Text that is not JSON stays so.
std::string representable(std::string_view json);

} // namespace health::ndjson
