#include <base/url.hpp>

#include <base/printable.hpp>
#include <base/text.hpp>

#include <fmt/format.h>

#include <charconv>

namespace health {

namespace {

constexpr std::uint16_t http_port = 80;
constexpr std::uint16_t https_port = 443;

Error bad_url(std::string_view shown, std::string_view why) {
    return {ErrorKind::usage, fmt::format("\"{}\" is not a usable URL: {}", shown, why),
            "write it like https://host:9200"};
}

Result<std::string> percent_decode(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        unsigned value = 0;
        const std::string_view digits = text.substr(i + 1, 2);
        const auto [end, bad] = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
        if (digits.size() != 2 || bad != std::errc{} || end != digits.data() + 2)
            return Error{ErrorKind::usage, "a % is not followed by two hexadecimal digits", ""};
        out += static_cast<char>(value);
        i += 2;
    }
    return out;
}

/// An @ would be allowed, but is most likely the end of a password that has a slash in it.
bool safe_in_path(std::string_view path) {
    return path.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/%!$&'()*+,;=:") ==
           std::string_view::npos;
}

bool safe_in_host(std::string_view host) {
    return host.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:%") ==
           std::string_view::npos;
}

} // namespace

std::string Url::authority() const {
    const std::string name = host.find(':') == std::string::npos ? host : fmt::format("[{}]", host);
    return port == (tls ? https_port : http_port) ? name : fmt::format("{}:{}", name, port);
}

bool Url::is_loopback() const {
    const bool numeric = host.find_first_not_of("0123456789.") == std::string::npos;
    return host == "localhost" || host == "::1" || (numeric && host.starts_with("127."));
}

std::string Url::shown() const {
    return fmt::format("{}://{}{}", tls ? "https" : "http", authority(), prefix);
}

Result<Url> parse_url(std::string_view text) {
    Url url;
    std::string_view rest = text;
    const auto scheme_end = rest.find("://");
    const std::string_view scheme = rest.substr(0, scheme_end == std::string_view::npos ? 0 : scheme_end);
    // What stands before the last @ of the authority may be a password: it is not shown even in a URL that is refused.
    const auto without_credentials = [&] {
        const auto at = text.rfind('@');
        return printable(at == std::string_view::npos ? text : text.substr(at + 1), 80);
    };
    url.tls = iequals(scheme, "https");
    if (!url.tls && !iequals(scheme, "http"))
        return bad_url(without_credentials(), "it does not begin with http:// or https://");
    rest.remove_prefix(scheme_end + 3);

    const auto authority_end = rest.find_first_of("/?#");
    std::string_view authority = rest.substr(0, authority_end);
    std::string_view path = authority_end == std::string_view::npos ? "" : rest.substr(authority_end);
    if (path.find_first_of("?#") != std::string_view::npos)
        return bad_url(without_credentials(), "it has a query or a fragment");
    if (!safe_in_path(path))
        return bad_url(without_credentials(), "its path has a character that must be encoded");
    for (const std::string_view segment : split(path, '/'))
        if (segment == "." || segment == "..")
            return bad_url(without_credentials(), "its path has a segment of dots");
    while (path.ends_with('/'))
        path.remove_suffix(1);
    url.prefix = path;

    if (const auto at = authority.rfind('@'); at != std::string_view::npos) {
        const std::string_view userinfo = authority.substr(0, at);
        authority.remove_prefix(at + 1);
        const auto colon = userinfo.find(':');
        const auto username = percent_decode(userinfo.substr(0, colon));
        const auto password =
            percent_decode(colon == std::string_view::npos ? std::string_view{} : userinfo.substr(colon + 1));
        if (!username || !password)
            return bad_url(without_credentials(), "its user name or password has a % that encodes nothing");
        url.username = *username;
        url.password = *password;
    }

    std::string_view port;
    if (authority.starts_with('[')) {
        const auto close = authority.find(']');
        if (close == std::string_view::npos)
            return bad_url(without_credentials(), "a ] is missing");
        url.host = authority.substr(1, close - 1);
        port = authority.substr(close + 1);
    } else {
        const auto colon = authority.find(':');
        url.host = authority.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view{} : authority.substr(colon);
    }
    if (url.host.empty() || !safe_in_host(url.host))
        return bad_url(without_credentials(), "it has no host name");
    url.port = url.tls ? https_port : http_port;
    if (port.starts_with(':') && port.size() > 1) {
        port.remove_prefix(1);
        const auto [end, bad] = std::from_chars(port.data(), port.data() + port.size(), url.port);
        if (bad != std::errc{} || end != port.data() + port.size() || url.port == 0)
            return bad_url(without_credentials(), "its port is not a number from 1 to 65535");
    } else if (!port.empty() && port != ":") {
        return bad_url(without_credentials(), "its port is not a number from 1 to 65535");
    }
    return url;
}

} // namespace health
