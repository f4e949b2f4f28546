#pragma once

#include <base/error.hpp>
#include <terminal/console.hpp>

namespace cli {

/// Prints the error on stderr, with what to try, and returns its exit status.
ExitStatus report(const health::Error& error);

} // namespace cli
