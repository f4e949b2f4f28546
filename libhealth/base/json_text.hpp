#pragma once

#include <boost/json/fwd.hpp>

#include <string>
#include <string_view>

namespace health {

/// The value as JSON on one line, with numbers in plain decimal digits: boost::json::serialize() writes 532.916 as
/// 5.32916E2, which is valid JSON, but hard to read for people and shell scripts.
std::string json_text(const boost::json::value& value);

/// As the text is written between the quotes of a JSON string.
std::string json_escaped(std::string_view text);

} // namespace health
