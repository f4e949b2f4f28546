#include <base/json.hpp>
#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <kibana/answer.hpp>
#include <kibana/remedy.hpp>

#include <fmt/format.h>

namespace health::kibana {

namespace {

constexpr std::pair oldest{8, 9};

/// Kibana shows its version only after a login.
bool hides_its_version(const http::Response& response) {
    const auto body = parse_object(response.body);
    return body && body->contains("status") && !body->contains("version");
}

} // namespace

Finding check_status(const remote::Answer& answer) {
    const auto finding = [](Severity severity, std::string message, Hint hint = {}) {
        return Finding{.check = "kibana", .severity = severity, .message = std::move(message), .hint = std::move(hint)};
    };
    constexpr int ok = 200;
    constexpr int unauthorized = 401;
    constexpr int starting = 503;
    const http::Response& response = answer.response;
    if (response.status == starting)
        return finding(Severity::warning, fmt::format("{} is starting, or unhealthy", answer.from),
                       "try again in a minute, or check its log");
    if (response.status == unauthorized || (response.status == ok && hides_its_version(response)))
        return not_checked("kibana", fmt::format("{} shows its version only to users who are logged in", answer.from),
                           {Remedy::kibana_credentials, answer.credentials_source});
    const auto version = read_version(answer);
    if (!version)
        return finding(Severity::problem, fmt::format("the server at {} is not Kibana", answer.from),
                       version.error().hint);
    if (parse_version(*version) < oldest) // an unreadable version compares as older
        return finding(Severity::problem, fmt::format("{} is Kibana {}", answer.from, *version),
                       "the dashboard needs 8.9 or later");
    return finding(Severity::ok, fmt::format("{} is Kibana {}", answer.from, *version));
}

Finding check_space(Finding found, const remote::Answer& answer, const std::string& space) {
    if (is_missing(answer)) {
        found.severity = Severity::problem;
        found.message += fmt::format(", without a space \"{}\"", printable(space, 80));
        found.hint = Remedy::create_space;
        return found;
    }
    if (!read_space(answer, space))
        return not_checked("kibana",
                           fmt::format("whether {} has the space \"{}\": it answers with status {}", answer.from,
                                       printable(space, 80), answer.response.status),
                           Remedy::check_space_and_credentials);
    found.message += fmt::format(", with the space {}", printable(space, 80));
    return found;
}

} // namespace health::kibana
