#include <http/head.hpp>

#include <base/numbers.hpp>
#include <base/text.hpp>

#include <boost/url/grammar/alnum_chars.hpp>
#include <boost/url/grammar/lut_chars.hpp>

#include <algorithm>

namespace health::http {

namespace {

constexpr std::size_t max_headers = 100;
constexpr std::size_t max_length_digits = 18;

namespace grammar = boost::urls::grammar;

/// RFC 9110, section 5.6.2.
constexpr grammar::lut_chars token_chars = grammar::lut_chars(grammar::alnum_chars) + "!#$%&'*+-.^_`|~";

/// RFC 9112, section 3.2: uri-host [":" port].
constexpr grammar::lut_chars host_chars = grammar::lut_chars(grammar::alnum_chars) + "-._~%!$&'()*+,;=:[]";

/// RFC 9112, section 3.2: no fragment.
bool is_target_char(char c) {
    return c > 0x20 && c < 0x7F && c != '#';
}

/// RFC 9110, section 5.5: visible characters, blanks, and bytes above ASCII.
constexpr grammar::lut_chars value_chars([](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= 0x20 && byte != 0x7F);
});

bool is_token(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, token_chars);
}

std::string_view blanks_trimmed(std::string_view text) {
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

std::string_view take_line(std::string_view& bytes) {
    const auto end = bytes.find("\r\n");
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + 2);
    return line;
}

std::optional<Refusal> set_target(Head& head, std::string_view target) {
    // RFC 9112, section 3.2.2: a server must accept the absolute form, too.
    for (const std::string_view scheme : {"http://", "https://"}) {
        if (!target.starts_with('/') && target.size() > scheme.size() &&
            iequals(target.substr(0, scheme.size()), scheme)) {
            const auto path = target.find_first_of("/?", scheme.size());
            if (path == scheme.size())
                return Refusal{400, "the target has no host"};
            target = path == std::string_view::npos ? "/" : target.substr(path);
        }
    }
    if (!target.starts_with('/') && !(target == "*" && head.method == "OPTIONS"))
        return Refusal{400, "the target is not a path"};
    const auto question = target.find('?');
    head.path = target.substr(0, question);
    head.query = question == std::string_view::npos ? std::string_view{} : target.substr(question + 1);
    return std::nullopt;
}

std::optional<Refusal> set_request_line(Head& head, std::string_view line) {
    const auto first = line.find(' ');
    const auto last = line.rfind(' ');
    if (first == std::string_view::npos || first == last)
        return Refusal{400, "malformed request line"};
    head.method = line.substr(0, first);
    const std::string_view version = line.substr(last + 1);
    const std::string_view target = line.substr(first + 1, last - first - 1);
    if (!is_token(head.method) || target.empty() || !std::ranges::all_of(target, is_target_char))
        return Refusal{400, "malformed request line"};
    if (version != "HTTP/1.1" && version != "HTTP/1.0")
        return Refusal{400, "unsupported protocol version"};
    head.version_1_1 = version == "HTTP/1.1";
    return set_target(head, target);
}

std::optional<Refusal> add_header(Head& head, std::string_view line) {
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || !is_token(line.substr(0, colon)))
        return Refusal{400, "malformed header"};
    const std::string_view value = blanks_trimmed(line.substr(colon + 1));
    if (!std::ranges::all_of(value, value_chars))
        return Refusal{400, "malformed header"};
    if (head.headers.size() == max_headers)
        return Refusal{431, "too many headers"};
    head.headers.emplace_back(line.substr(0, colon), value);
    return std::nullopt;
}

std::optional<Refusal> check_host(const Head& head) {
    const auto hosts =
        std::ranges::count_if(head.headers, [](const auto& header) { return iequals(header.first, "Host"); });
    if (hosts > 1 || (hosts == 0 && head.version_1_1))
        return Refusal{400, "exactly one Host header is required"};
    if (!std::ranges::all_of(head.header("Host"), host_chars))
        return Refusal{400, "malformed Host"};
    return std::nullopt;
}

std::optional<Refusal> set_framing(Head& head) {
    bool has_length = false;
    for (const auto& [name, value] : head.headers) {
        if (iequals(name, "Content-Length")) {
            if (has_length)
                return Refusal{400, "more than one Content-Length"};
            has_length = true;
            const auto length = parse_number<std::uint64_t>(value);
            if (!length || value.size() > max_length_digits)
                return Refusal{400, "malformed Content-Length"};
            head.content_length = *length;
        } else if (iequals(name, "Transfer-Encoding")) {
            if (head.chunked || !head.version_1_1 || !iequals(value, "chunked"))
                return Refusal{400, "unsupported Transfer-Encoding"};
            head.chunked = true;
        }
    }
    if (has_length && head.chunked)
        return Refusal{400, "both Content-Length and Transfer-Encoding"};
    return std::nullopt;
}

bool list_contains(std::string_view value, std::string_view wanted) {
    return std::ranges::any_of(split(value, ','), [&](std::string_view part) { return iequals(trim(part), wanted); });
}

} // namespace

std::string_view Head::header(std::string_view name) const {
    const auto found = std::ranges::find_if(headers, [&](const auto& header) { return iequals(header.first, name); });
    return found == headers.end() ? std::string_view{} : found->second;
}

bool Head::keep_alive() const {
    const auto asks = [&](std::string_view wanted) {
        return std::ranges::any_of(headers, [&](const auto& header) {
            return iequals(header.first, "Connection") && list_contains(header.second, wanted);
        });
    };
    return !asks("close") && (version_1_1 || asks("keep-alive"));
}

std::variant<std::size_t, std::monostate, Refusal> find_head_end(std::string_view bytes) {
    if (!bytes.empty() && !is_token(bytes.substr(0, 1)))
        return Refusal{400, "malformed request line"};
    for (auto feed = bytes.find('\n'); feed != std::string_view::npos; feed = bytes.find('\n', feed + 1)) {
        if (feed == 0 || bytes[feed - 1] != '\r')
            return Refusal{400, "a line does not end with CR LF"};
        if (feed >= 3 && bytes[feed - 2] == '\n')
            return feed + 1;
    }
    return std::monostate{};
}

std::variant<Head, Refusal> parse_head(std::string_view bytes) {
    constexpr std::size_t usual_headers = 16;
    Head head;
    head.headers.reserve(usual_headers);
    if (const auto refusal = set_request_line(head, take_line(bytes)))
        return *refusal;
    for (std::string_view line = take_line(bytes); !line.empty(); line = take_line(bytes))
        if (const auto refusal = add_header(head, line))
            return *refusal;
    if (const auto refusal = check_host(head))
        return *refusal;
    if (const auto refusal = set_framing(head))
        return *refusal;
    return head;
}

} // namespace health::http
