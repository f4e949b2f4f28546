#include <exporter/page/wording.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace health::exporter {

std::string grouped(std::uint64_t number) {
    std::string out = fmt::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(out.size()) - 3; at > 0; at -= 3)
        out.insert(static_cast<std::size_t>(at), 1, ',');
    return out;
}

std::string percentage(std::uint64_t part, std::uint64_t whole, Rounding rounding) {
    if (whole == 0)
        return "n/a";
    constexpr double all = 1000; // tenths of a percent
    const double exact = static_cast<double>(part) / static_cast<double>(whole) * all;
    double tenths = rounding == Rounding::down ? std::floor(exact) : std::ceil(exact);
    if (part > 0 && part < whole)
        tenths = std::clamp(tenths, 1.0, all - 1);
    return fmt::format("{:.1f} %", tenths / 10);
}

std::string time_element(Timestamp ts, Timestamp now, std::string_view zone) {
    return fmt::format("<time datetime=\"{}\">{}{}</time>", to_rfc3339(ts), to_utc(ts, now), zone);
}

} // namespace health::exporter
