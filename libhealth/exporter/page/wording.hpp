#pragma once

#include <base/time.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// Numbers and times as the page shows them.
namespace health::exporter {

/// "1,234,567"
std::string grouped(std::uint64_t number);

/// Which way the last digit of a percentage goes.
enum class Rounding { down, up };

/// "98.6 %". What is not all of it never reads as 100 %, and what is something never as 0 %.
std::string percentage(std::uint64_t part, std::uint64_t whole, Rounding rounding);

/// "just now", "46s ago"; of long times the two largest units.
std::string ago(Timestamp ts, Timestamp now);

/// An element of HTML; without the date when it is today's.
std::string time_element(Timestamp ts, Timestamp now, std::string_view zone = " UTC");

} // namespace health::exporter
