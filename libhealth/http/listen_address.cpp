#include <http/listen_address.hpp>

#include <base/numbers.hpp>
#include <base/printable.hpp>

#include <fmt/format.h>

namespace health::http {

Result<ListenAddress> parse_listen_address(std::string_view text) {
    Error refusal{ErrorKind::usage, fmt::format("\"{}\" is not an address to listen on", printable(text, 80)),
                  "write it like 127.0.0.1:8003, or :8003 for all interfaces"};
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos)
        return refusal;
    std::string_view host = text.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']'))
        host = host.substr(1, host.size() - 2);
    else if (host.find(':') != std::string_view::npos)
        return refusal;
    const auto port = parse_number<std::uint16_t>(text.substr(colon + 1));
    if (!port)
        return refusal;
    return ListenAddress{.host = std::string(host), .port = *port};
}

} // namespace health::http
