#pragma once

#include <string>

namespace health {

/// Safe in a URL and in a file name: the time, so that ids sort by age, and 96 random bits.
std::string make_unique_id();

} // namespace health
