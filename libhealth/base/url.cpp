#include <base/url.hpp>

#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>

#include <boost/url/decode_view.hpp>
#include <boost/url/grammar/parse.hpp>
#include <boost/url/ipv6_address.hpp>
#include <boost/url/parse_path.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/pct_encoded_rule.hpp>
#include <boost/url/rfc/sub_delim_chars.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace health {

namespace {

namespace urls = boost::urls;

constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

/// Why a part of a URL is refused; empty when it is not.
using Refusal = std::string_view;

/// The prefix of every request's path, so trailing slashes are dropped.
Refusal set_prefix(Url& url, std::string_view path) {
    if (path.find_first_of("?#") != std::string_view::npos)
        return "it has a query or a fragment";
    // An @ would be allowed, but is most likely the end of a password that has a slash in it.
    if (!urls::parse_path(path) || path.find('@') != std::string_view::npos)
        return "its path has a character that must be percent-encoded";
    // Boost's own view of the segments passes over a "." at the beginning, which it takes for its own escape of "//".
    for (const std::string_view segment : split(path, '/'))
        if (const auto decoded = **urls::make_pct_string_view(segment); decoded == "." || decoded == "..")
            return "its path has a \".\" or \"..\" segment";
    while (path.ends_with('/'))
        path.remove_suffix(1);
    url.prefix = path;
    return {};
}

Refusal set_credentials(Url& url, std::string_view userinfo) {
    const auto colon = userinfo.find(':');
    const auto username = urls::make_pct_string_view(userinfo.substr(0, colon));
    const auto password =
        urls::make_pct_string_view(colon == std::string_view::npos ? std::string_view{} : userinfo.substr(colon + 1));
    if (!username || !password)
        return "its user name or password has an invalid % escape";
    url.username = username->decode();
    url.password = password->decode();
    return {};
}

/// The % before a zone as a URL writes it (RFC 6874, section 2).
constexpr std::string_view encoded_percent = "%25";

/// Also of an address with a plain %, which is what other tools print. Empty when there is no zone.
std::string_view zone_of(std::string_view address) {
    std::string_view zone = address.substr(std::min(address.find('%'), address.size()));
    const bool encoded = zone.starts_with(encoded_percent) && zone.size() > encoded_percent.size();
    zone.remove_prefix(std::min(encoded ? encoded_percent.size() : 1, zone.size()));
    return zone;
}

/// As the resolver takes it, with a plain % before a zone (RFC 3986, section 3.2.2). Boost 1.81's rule for a whole
/// authority takes 127.0.0.1.example for an address with something after it, and supports no zones, which link-local
/// addresses need.
std::optional<std::string> parse_ipv6_address(std::string_view text) {
    const auto percent = text.find('%');
    const std::string_view address = text.substr(0, percent);
    if (!urls::parse_ipv6_address(address))
        return std::nullopt;
    if (percent == std::string_view::npos)
        return std::string(address);
    const std::string_view zone = zone_of(text);
    if (zone.empty() || !std::ranges::all_of(zone, urls::unreserved_chars))
        return std::nullopt;
    return fmt::format("{}%{}", address, zone);
}

std::optional<std::string> parse_host_name(std::string_view text) {
    constexpr auto rule = urls::pct_encoded_rule(urls::unreserved_chars + urls::sub_delim_chars);
    if (text.empty() || !urls::grammar::parse(text, rule))
        return std::nullopt;
    return std::string(text);
}

Refusal set_host_and_port(Url& url, std::string_view authority) {
    const bool in_brackets = authority.starts_with('[');
    const auto end = in_brackets ? authority.find(']') : authority.find(':');
    if (in_brackets && end == std::string_view::npos)
        return "a ] is missing";
    const std::string_view host = authority.substr(in_brackets ? 1 : 0, in_brackets ? end - 1 : end);
    const auto parsed = in_brackets ? parse_ipv6_address(host) : parse_host_name(host);
    if (!parsed)
        return "its host is missing or malformed";
    url.host = *parsed;
    const std::string_view port = authority.substr(std::min(in_brackets ? end + 1 : end, authority.size()));
    url.port = url.tls ? https_port : http_port;
    if (port.empty() || port == ":")
        return {};
    url.port = port.starts_with(':') ? parse_number<std::uint16_t>(port.substr(1)).value_or(0) : 0;
    return url.port == 0 ? "its port is not a number from 1 to 65535" : "";
}

bool is_ipv6(std::string_view host) {
    return host.find(':') != std::string_view::npos;
}

std::string with_port(const Url& url, std::string_view host) {
    const std::string name = is_ipv6(host) ? fmt::format("[{}]", host) : std::string(host);
    return url.port == (url.tls ? https_port : http_port) ? name : fmt::format("{}:{}", name, url.port);
}

} // namespace

std::string Url::authority() const {
    return with_port(*this, is_ipv6(host) ? std::string_view(host).substr(0, host.find('%')) : host);
}

bool Url::is_loopback() const {
    const bool numeric = host.find_first_not_of("0123456789.") == std::string::npos;
    return host == "localhost" || host == "::1" || (numeric && host.starts_with("127."));
}

std::string Url::shown() const {
    std::string name = host;
    if (const auto percent = host.find('%'); is_ipv6(host) && percent != std::string::npos)
        name.replace(percent, 1, encoded_percent);
    return fmt::format("{}://{}{}", tls ? "https" : "http", with_port(*this, name), prefix);
}

Result<Url> parse_url(std::string_view text) {
    constexpr std::string_view separator = "://";
    // What precedes the last @ may be a password: it is not shown even in a URL that is refused.
    const auto refuse = [text](Refusal why) {
        const auto at = text.rfind('@');
        const std::string shown = printable(at == std::string_view::npos ? text : text.substr(at + 1), 80);
        return Error{ErrorKind::usage, fmt::format("\"{}\" is not a usable URL: {}", shown, why),
                     "write it like https://host:9200"};
    };
    Url url;
    const auto scheme_end = text.find(separator);
    const std::string_view scheme = text.substr(0, scheme_end == std::string_view::npos ? 0 : scheme_end);
    url.tls = iequals(scheme, "https");
    if (!url.tls && !iequals(scheme, "http"))
        return refuse("it does not begin with http:// or https://");

    const std::string_view rest = text.substr(scheme_end + separator.size());
    const auto path = std::min(rest.find_first_of("/?#"), rest.size());
    std::string_view authority = rest.substr(0, path);
    if (const auto why = set_prefix(url, rest.substr(path)); !why.empty())
        return refuse(why);
    // Passwords are often written without encoding, so everything up to the last @ is taken as credentials.
    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        if (const auto why = set_credentials(url, authority.substr(0, at)); !why.empty())
            return refuse(why);
        authority.remove_prefix(at + 1);
    }
    if (const auto why = set_host_and_port(url, authority); !why.empty())
        return refuse(why);
    return url;
}

std::optional<std::string_view> user_information(std::string_view text) {
    constexpr std::string_view separator = "://";
    const auto scheme = text.find(separator);
    const auto at = text.rfind('@');
    if (scheme == std::string_view::npos || at == std::string_view::npos || at < scheme)
        return std::nullopt;
    const std::size_t begin = scheme + separator.size();
    return text.substr(begin, at - begin);
}

} // namespace health
