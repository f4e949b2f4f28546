#include <base/encoding.hpp>

#include <boost/url/decode_view.hpp>
#include <boost/url/encode.hpp>
#include <boost/url/pct_string_view.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>

namespace health {

std::string escape_html(std::string_view text) {
    std::string out;
    for (const char c : text) {
        switch (c) {
        case '&':
            out += "&amp;";
            break;
        case '<':
            out += "&lt;";
            break;
        case '>':
            out += "&gt;";
            break;
        case '"':
            out += "&quot;";
            break;
        case '\'':
            out += "&#x27;";
            break;
        default:
            out += c;
        }
    }
    return out;
}

std::string percent_encode(std::string_view text, std::string_view keep) {
    namespace urls = boost::urls;
    const auto stays = [keep](char c) {
        return urls::unreserved_chars(static_cast<unsigned char>(c)) || keep.find(c) != std::string_view::npos;
    };
    return urls::encode(text, stays);
}

std::string percent_decode(std::string_view text) {
    const auto encoded = boost::urls::make_pct_string_view(text);
    return encoded ? encoded->decode() : std::string(text);
}

} // namespace health
