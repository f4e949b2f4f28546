#include <exporter/page/wording.hpp>

#include <fmt/format.h>

namespace health::exporter {

std::string grouped(std::uint64_t number) {
    std::string out = fmt::to_string(number);
    for (auto at = static_cast<std::ptrdiff_t>(out.size()) - 3; at > 0; at -= 3)
        out.insert(static_cast<std::size_t>(at), 1, ',');
    return out;
}

std::string time_element(Timestamp ts, Timestamp now, std::string_view zone) {
    return fmt::format("<time datetime=\"{}\">{}{}</time>", to_rfc3339(ts), to_utc(ts, now), zone);
}

} // namespace health::exporter
