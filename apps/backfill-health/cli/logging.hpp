#pragma once

#include <cli/settings.hpp>

namespace cli {

/// The log as the settings want it.
void configure_log(Settings& settings);

} // namespace cli
