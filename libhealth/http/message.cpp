#include <http/message.hpp>

#include <base/text.hpp>

#include <algorithm>

namespace health::http {

std::string_view Response::header(std::string_view name) const {
    const auto found = std::ranges::find_if(headers, [&](const Header& header) { return iequals(header.name, name); });
    return found == headers.end() ? std::string_view{} : std::string_view(found->value);
}

} // namespace health::http
