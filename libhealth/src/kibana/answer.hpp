#pragma once

#include "remote/service.hpp"

#include <cstddef>
#include <string_view>
#include <vector>

namespace health::kibana {

inline constexpr std::string_view action = "cannot import the dashboard";

/// How many objects Kibana says it has imported. Otherwise an error for each object that it refused, or one for all.
boost::system::result<std::size_t, std::vector<Error>> read_answer(const remote::Answer& answer);

} // namespace health::kibana
