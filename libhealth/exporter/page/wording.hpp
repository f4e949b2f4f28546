#pragma once

#include <base/time.hpp>

#include <cstdint>
#include <string>
#include <string_view>

/// Numbers and times as the page shows them.
namespace health::exporter {

/// "1,234,567"
std::string grouped(std::uint64_t number);

/// An element of HTML; without the date when it is today's.
std::string time_element(Timestamp ts, Timestamp now, std::string_view zone = " UTC");

} // namespace health::exporter
