#include <base/json.hpp>
#include <base/numbers.hpp>
#include <kibana/answer.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace health::kibana {

namespace {

constexpr std::pair oldest{8, 9};

/// Who may not log in sees that it is there, and no version.
bool hides_its_version(const http::Response& response) {
    const auto body = parse_object(response.body);
    return body && body->contains("status") && !body->contains("version");
}

} // namespace

Finding judge(const remote::Answer& answer) {
    const auto finding = [](Severity severity, std::string message, Hint hint = {}) {
        return Finding{.check = "kibana", .severity = severity, .message = std::move(message), .hint = std::move(hint)};
    };
    constexpr int ok = 200;
    constexpr int unauthorized = 401;
    constexpr int starting = 503;
    const http::Response& response = answer.response;
    if (response.status == starting)
        return finding(Severity::warning, fmt::format("{} is starting, or in trouble", answer.from),
                       "try again in a minute; its log says more");
    if (response.status == unauthorized || (response.status == ok && hides_its_version(response)))
        return not_checked("kibana", fmt::format("{} shows its version only to its users", answer.from),
                           {Remedy::kibana_credentials, answer.credentials_source});
    const auto version = read_version(answer);
    if (!version)
        return finding(Severity::problem, fmt::format("what answers at {} is no Kibana", answer.from),
                       version.error().hint);
    if (parse_version(*version) < oldest) // so is none
        return finding(Severity::problem, fmt::format("{} is Kibana {}", answer.from, *version),
                       "the dashboard needs 8.9 or later");
    return finding(Severity::ok, fmt::format("{} is Kibana {}", answer.from, *version));
}

} // namespace health::kibana
