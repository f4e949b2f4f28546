// URLs, whose credentials must never be shown.
#include "properties.hpp"

#include <base/encoding.hpp>
#include <base/url.hpp>

#include <fmt/format.h>

namespace {

constexpr std::string_view canary = "c4n4ry";

void comes_back(std::string_view text) {
    const auto url = health::parse_url(text);
    if (!url) {
        test::must(url.error().kind == health::ErrorKind::usage);
        test::must_be_tellable(url.error());
        return;
    }
    test::must_be_printable(url->shown());
    const auto again = test::must_succeed(health::parse_url(url->shown()));
    test::must(again.tls == url->tls && again.host == url->host && again.port == url->port);
    test::must(again.prefix == url->prefix && again.username.empty() && again.password.empty());
    test::must(again.shown() == url->shown());
}

/// Whatever surrounds a password, and even where the URL is refused.
void hides_credentials(std::string_view around) {
    const auto middle = around.find('\n');
    if (middle == std::string_view::npos || around.find(canary) != std::string_view::npos)
        return;
    const auto url =
        health::parse_url(fmt::format("http://{}{}{}", around.substr(0, middle), canary, around.substr(middle + 1)));
    if (around.find('@', middle) == std::string_view::npos)
        return; // then it is a host or a path
    const std::string said = url ? url->shown() + url->authority() + url->prefix + url->host
                                 : url.error().message + url.error().hint.sentence();
    test::must(said.find(canary) == std::string::npos);
}

void credentials_come_back(std::string_view text) {
    const auto url =
        test::must_succeed(health::parse_url(fmt::format("https://{0}:{0}@host", health::percent_encode(text))));
    test::must(url.username == text && url.password == text && url.shown() == "https://host");
}

} // namespace

void fuzz(std::string_view input) {
    comes_back(input);
    comes_back(fmt::format("https://{}", input));
    hides_credentials(input);
    credentials_come_back(input);
}
