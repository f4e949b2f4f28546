#pragma once

#include <boost/json/object.hpp>

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

/// Looks into answers: whatever is not there, or is of another type, is as if it were not there.
namespace health::elasticsearch {

using Path = std::initializer_list<std::string_view>;

const boost::json::value* find(const boost::json::object& object, Path path);
const boost::json::object* find_object(const boost::json::object& object, Path path);

/// A count: a non-negative integer, and nothing that merely looks like one ("12", 1.5, -5, 2^63).
std::optional<std::uint64_t> find_count(const boost::json::object& object, Path path);

/// Empty when there is none.
std::string find_text(const boost::json::object& object, Path path);

bool find_bool(const boost::json::object& object, Path path);

} // namespace health::elasticsearch
