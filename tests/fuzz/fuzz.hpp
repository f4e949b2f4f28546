#pragma once

#include <source_location>
#include <string_view>

/// What a target does with one input. It returns, or the input is a find.
void fuzz(std::string_view input);

namespace test {

/// A property of every input. Where it does not hold, libFuzzer keeps the input.
void must(bool holds, std::source_location where = std::source_location::current());

} // namespace test
