#include <exposition/negotiation.hpp>

#include <base/numbers.hpp>
#include <base/text.hpp>

#include <algorithm>

namespace health::exposition {

namespace {

/// One member of a list like "text/plain;version=0.0.4;q=0.5": its value and a parameter of it.
std::string_view value_of(std::string_view member) {
    return trim(member.substr(0, member.find(';')));
}

std::string_view parameter(std::string_view member, std::string_view name) {
    for (const std::string_view part : split(member, ';')) {
        const auto equals = part.find('=');
        if (equals != std::string_view::npos && iequals(trim(part.substr(0, equals)), name))
            return trim(part.substr(equals + 1));
    }
    return {};
}

/// Thousandths, so that no locale and no rounding is involved; an invalid weight counts as 0.
int weight(std::string_view member) {
    std::string_view digits = parameter(member, "q");
    if (digits.empty())
        return 1000;
    const auto whole = take_number<int>(digits);
    if (!whole || *whole < 0 || *whole > 1)
        return 0;
    if (digits.starts_with('.'))
        digits.remove_prefix(1);
    int thousandths = *whole * 1000;
    int place = 100;
    for (const char c : digits.substr(0, 3)) {
        if (!is_digit(c))
            return 0;
        thousandths += (c - '0') * place;
        place /= 10;
    }
    return std::min(thousandths, 1000);
}

} // namespace

Format negotiate_format(std::string_view accept) {
    int openmetrics = 0;
    int text = 0;
    int type_wildcard = 0;
    int wildcard = 0;
    bool text_named = false;
    for (const std::string_view member : split(accept, ',')) {
        const std::string_view type = value_of(member);
        const int q = weight(member);
        if (iequals(type, "application/openmetrics-text")) {
            const std::string_view version = parameter(member, "version");
            if (version.empty() || version == "1.0.0" || version == "\"1.0.0\"")
                openmetrics = std::max(openmetrics, q);
        } else if (iequals(type, "text/plain")) {
            text = std::max(text, q);
            text_named = true;
        } else if (iequals(type, "text/*")) {
            type_wildcard = std::max(type_wildcard, q);
        } else if (type == "*/*") {
            wildcard = std::max(wildcard, q);
        }
    }
    if (!text_named)
        text = type_wildcard > 0 ? type_wildcard : wildcard;
    return openmetrics > 0 && openmetrics >= text ? Format::openmetrics : Format::text;
}

bool accepts_gzip(std::string_view accept_encoding) {
    int any = 0;
    for (const std::string_view member : split(accept_encoding, ',')) {
        if (iequals(value_of(member), "gzip") || iequals(value_of(member), "x-gzip"))
            return weight(member) > 0;
        if (value_of(member) == "*")
            any = weight(member);
    }
    return any > 0;
}

} // namespace health::exposition
