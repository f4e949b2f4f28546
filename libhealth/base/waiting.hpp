#pragma once

#include <base/deadline.hpp>

#include <stop_token>

namespace health {

/// Sleeps until the time, or until a stop is requested. False when it was stopped.
bool wait_until(const std::stop_token& stop, Clock::time_point time);

bool wait_for(const std::stop_token& stop, Clock::duration time);

} // namespace health
