#pragma once

#include <boost/json.hpp>

#include <string_view>

namespace test {

/// What an engine answers, without the lines around it.
inline boost::json::object object(std::string_view text) {
    return boost::json::parse(text).get_object();
}

} // namespace test
