#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/engine.hpp>
#include <elasticsearch/doctor/checks.hpp>
#include <remote/product.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace health::elasticsearch {

namespace {

constexpr std::pair oldest{7, 10};

ProductCheck another_program(std::string message, Hint hint) {
    return {.finding = {.check = "product",
                        .severity = Severity::problem,
                        .message = std::move(message),
                        .hint = std::move(hint)},
            .is_engine = false};
}

/// "Security must be explicitly enabled": it is installed, but off.
bool is_disabled(const http::Response& response) {
    return response.status == 500 && response.body.find("ecurity") != std::string::npos;
}

/// Only Elasticsearch itself says so; for what is not installed it has no path.
bool is_off(const http::Response& response, const ProductCheck& product) {
    return !product.is_opensearch && (is_disabled(response) || remote::lacks_path(response) ||
                                      response.body.find("ncorrect HTTP method for uri") != std::string::npos);
}

} // namespace

Finding not_checked(std::string check, const Error& error, std::string_view privilege) {
    if (error.kind == ErrorKind::unauthorized && !privilege.empty())
        return health::not_checked(std::move(check), fmt::format("needs {}", privilege), "give the key that privilege");
    return health::not_checked(std::move(check), error.message, error.hint);
}

ProductCheck check_product(const remote::Answer& answer) {
    using enum Engine::Product;
    const http::Response& response = answer.response;
    if (remote::is_kibana(response))
        return another_program(fmt::format("{} is Kibana", answer.from), Remedy::find_engine);
    const Engine engine = recognise_engine(response);
    if (engine.product == another)
        return another_program(fmt::format("the server at {} is not Elasticsearch", answer.from),
                               Remedy::check_engine_url);
    if (response.status == 403)
        return {.finding =
                    health::not_checked("product",
                                        engine.product == elasticsearch
                                            ? "Elasticsearch shows its version only with the cluster privilege monitor"
                                            : "the key may not read its version",
                                        "give the key the cluster privilege monitor")};
    if (!engine.version) {
        const Error error = refusal("cannot ask for the version", answer);
        return {.finding = health::not_checked("product", error.message, error.hint)};
    }
    const bool is_opensearch = engine.product == opensearch;
    const std::string name = engine.hides_version
                                 ? fmt::format("OpenSearch, which reports its version as {}", engine.number)
                                 : fmt::format("{} {}", is_opensearch ? "OpenSearch" : "Elasticsearch", engine.number);
    if (!is_opensearch && *engine.version < oldest)
        return {.finding = {.check = "product",
                            .severity = Severity::problem,
                            .message = fmt::format("{} is too old", name),
                            .hint = "7.10 or later is needed"}};
    return {
        .finding = {.check = "product", .message = name}, .is_opensearch = is_opensearch, .identity = engine.identity};
}

Finding check_tls(const RemoteSettings& settings, std::optional<Timestamp> certificate_expires, Timestamp now) {
    constexpr std::chrono::days soon(14);
    const auto warning = [](std::string message, Hint hint) {
        return Finding{
            .check = "tls", .severity = Severity::warning, .message = std::move(message), .hint = std::move(hint)};
    };
    if (const auto warnings = clear_text_warnings(settings); !warnings.empty())
        return warning(warnings.front(), Remedy::use_https);
    if (!std::ranges::all_of(settings.nodes, &Url::tls))
        return {.check = "tls",
                .message = settings.credentials.empty() ? "not used, and no credentials are sent"
                                                        : "not used, and credentials stay on this machine"};
    if (settings.tls.insecure)
        return warning("certificates and host names are not verified", Remedy::verify_certificates);
    if (!certificate_expires)
        return {.check = "tls", .message = "certificate and host name are verified"};
    const auto days = std::chrono::floor<std::chrono::days>(*certificate_expires - now).count();
    if (*certificate_expires - now < soon)
        return warning(
            days < 0 ? "the certificate has expired"
                     : fmt::format("the certificate expires in {}", count_of(static_cast<std::uint64_t>(days), "day")),
            "renew it");
    return {.check = "tls",
            .message = fmt::format("certificate and host name are verified; it expires in {} days", days)};
}

bool is_without_security(const remote::Answer& answer) {
    const http::Response& response = answer.response;
    return response.status == 400 || response.status == 404 || response.status == 405 || is_disabled(response);
}

Finding check_credentials(const remote::Answer& answer, bool given, const ProductCheck& product) {
    if (is_without_security(answer)) {
        const bool off = is_off(answer.response, product);
        if (!given)
            return {.check = "credentials",
                    .message = off ? "none needed: security is off"
                                   : fmt::format("none are given, and {} requires none", answer.from)};
        if (off)
            return {.check = "credentials", .message = "given, but not checked: the security of Elasticsearch is off"};
        return health::not_checked("credentials", fmt::format("{} does not show whether it checks them", answer.from));
    }
    const auto body = json_answer("cannot identify the user", answer);
    if (!body && answer.response.status == 401)
        return {.check = "credentials",
                .severity = Severity::problem,
                .message = given ? fmt::format("refused by {}: {}", answer.from, describe_refusal(answer.response))
                                 : fmt::format("none are given, and {} requires them", answer.from),
                .hint = {Remedy::engine_credentials, answer.credentials_source}};
    if (!body)
        return not_checked("credentials", body.error(), "");
    const std::string user = printable(find_text(*body, {"username"}), 80);
    const std::string key = printable(find_text(*body, {"api_key", "name"}), 80);
    if (user.empty())
        return health::not_checked("credentials", fmt::format("the answer of {} names no user", answer.from));
    return {.check = "credentials",
            .message = key.empty() ? fmt::format("user {}", user) : fmt::format("API key {} of user {}", key, user)};
}

} // namespace health::elasticsearch
