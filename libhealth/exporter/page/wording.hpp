#pragma once

#include <base/time.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// Numbers and times as the page shows them.
namespace health::exporter {

/// "1,234,567"
std::string grouped(std::uint64_t number);

/// How the last digit of a percentage is rounded.
enum class Rounding { down, up };

/// "98.6 %". Less than all never reads as 100 %, and more than nothing never as 0 %.
std::string percentage(std::uint64_t part, std::uint64_t whole, Rounding rounding);

/// An element of HTML; without the date when it is today's.
std::string time_element(Timestamp ts, Timestamp now, std::string_view zone = " UTC");

} // namespace health::exporter
