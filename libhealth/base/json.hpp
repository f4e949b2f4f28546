#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse_options.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

/// Reads JSON from elsewhere: a member of an unexpected type is treated as missing.
namespace health {

/// One JSON object and nothing else.
std::optional<boost::json::object> parse_object(std::string_view text, std::size_t max_depth = 32);

/// The keys that lead to a value, from the outside in.
using JsonPath = std::initializer_list<std::string_view>;

/// Where a path begins: an object, or a value that may be one.
class JsonRoot {
public:
    JsonRoot(const boost::json::object& object) : object_(&object) {}
    JsonRoot(const boost::json::value& value) : object_(value.if_object()) {}

    [[nodiscard]] const boost::json::object* object() const { return object_; }

private:
    const boost::json::object* object_;
};

const boost::json::value* find(JsonRoot root, JsonPath path);
const boost::json::object* find_object(JsonRoot root, JsonPath path);
const boost::json::array* find_array(JsonRoot root, JsonPath path);

/// A count: a non-negative integer, and nothing that merely looks like one ("12", 1.5, -5, 2^63).
std::optional<std::uint64_t> find_count(JsonRoot root, JsonPath path);
std::optional<std::uint64_t> as_count(const boost::json::value* value);

/// Empty when there is none.
std::string find_text(JsonRoot root, JsonPath path);
/// For callers that distinguish an empty text from none.
const boost::json::string* find_string(JsonRoot root, JsonPath path);

std::optional<bool> find_bool(JsonRoot root, JsonPath path);

/// The values of a field of a document as an engine names it: a dot leads into an object or an array of these, or is
/// part of a name.
boost::json::array values_at(const boost::json::object& document, std::string_view field);

} // namespace health
