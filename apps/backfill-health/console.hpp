#pragma once

#include <health/error.hpp>

#include <string_view>

namespace cli {

enum ExitStatus : int { done = 0, check = 1, usage = 2, failed = 3 };

/// Writes all of the text to stdout at once. A result that cannot be delivered is a failure.
health::Result<void> print(std::string_view text);

/// One line on stderr, under 300 characters, without secrets.
void complain(std::string_view text);

/// The error on stderr, and the exit status that it means.
ExitStatus report(const health::Error& error);

} // namespace cli
