#include <web/guard.hpp>

#include <base/base64.hpp>
#include <base/text.hpp>

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <optional>
#include <sys/random.h>
#include <system_error>

namespace health::web {

namespace {

constexpr std::size_t max_verified = 100;

http::ServerResponse unauthorized() {
    auto response = http::text_response(401, "unauthorized: a user name and a password are needed");
    response.headers.push_back({"WWW-Authenticate", R"(Basic realm="backfill-health", charset="UTF-8")"});
    return response;
}

struct BasicCredentials {
    std::string user;
    std::string password;
};

std::optional<BasicCredentials> parse_basic(std::string_view authorization) {
    const auto space = authorization.find(' ');
    if (space == std::string_view::npos || !iequals(authorization.substr(0, space), "Basic"))
        return std::nullopt;
    const std::string text = from_base64(trim(authorization.substr(space)));
    const auto colon = text.find(':');
    if (colon == std::string::npos)
        return std::nullopt;
    return BasicCredentials{.user = text.substr(0, colon), .password = text.substr(colon + 1)};
}

/// Headers that the handler sets itself take precedence.
http::Outcome with_headers(http::Outcome outcome, const std::vector<http::Header>& headers) {
    if (auto* deferred = std::get_if<http::Deferred>(&outcome)) {
        const auto adding = [headers](std::function<http::Outcome()> make) {
            return [make = std::move(make), headers] { return with_headers(make(), headers); };
        };
        http::Deferred out = *deferred;
        out.begin = [begin = std::move(deferred->begin), adding](http::Reply reply) {
            begin([reply = std::move(reply), adding](std::function<http::Outcome()> make) {
                reply(adding(std::move(make)));
            });
        };
        if (out.on_timeout)
            out.on_timeout = adding(std::move(deferred->on_timeout));
        return out;
    }
    const auto* prepared = std::get_if<std::shared_ptr<const http::PreparedResponse>>(&outcome);
    auto response = prepared != nullptr ? (*prepared)->response() : std::get<http::ServerResponse>(std::move(outcome));
    for (const http::Header& header : headers)
        if (std::ranges::none_of(response.headers, [&](const auto& own) { return iequals(own.name, header.name); }))
            response.headers.push_back(header);
    return response;
}

} // namespace

Guard::Guard(ConfigFile& file, std::function<bool(const http::Head&)> open, http::Handler next)
    : file_(file), open_(std::move(open)), next_(std::move(next)) {
    if (getentropy(salt_.data(), salt_.size()) != 0)
        throw std::system_error(errno, std::generic_category(), "getentropy");
}

http::Outcome Guard::operator()(const http::ServerRequest& request) {
    const auto active = file_.current();
    const Config& config = active->config;
    const bool is_public = config.users.empty() || open_(request.head);
    auto outcome = is_public ? next_(request) : authenticate(request, config);
    return config.headers.empty() ? std::move(outcome) : with_headers(std::move(outcome), config.headers);
}

http::Outcome Guard::authenticate(const http::ServerRequest& request, const Config& config) {
    auto credentials = parse_basic(request.head.header("Authorization"));
    if (!credentials)
        return unauthorized();
    const auto user = config.users.find(credentials->user);
    const bool exists = user != config.users.end();
    // An unknown name is checked against the hash of a known one, always the same one, so that timing reveals nothing.
    const auto decoy = [&] {
        const std::size_t place = digest(credentials->user, "", "").front() % config.users.size();
        return std::next(config.users.begin(), static_cast<std::ptrdiff_t>(place));
    };
    const std::string& hash = exists ? user->second : decoy()->second;
    const Key key = digest(credentials->user, credentials->password, hash);
    if (exists && verified_.contains(key))
        return next_(request);
    return http::Deferred{
        [this, &request, key, exists, hash, password = std::move(credentials->password)](http::Reply reply) {
            const auto decide = [this, &request, key, exists](PasswordResult result) -> http::Outcome {
                if (result == PasswordResult::not_checked)
                    return http::text_response(503, "too many passwords are waiting to be checked");
                if (result == PasswordResult::wrong || !exists)
                    return unauthorized();
                if (verified_.size() >= max_verified)
                    verified_.clear();
                verified_.insert(key);
                return next_(request);
            };
            checks_.add(password, hash, [decide, reply = std::move(reply)](PasswordResult result) {
                reply([decide, result] { return decide(result); });
            });
        }};
}

Guard::Key Guard::digest(std::string_view user, std::string_view password, std::string_view hash) const {
    // A name has no colon, and a hash has a fixed size, so that different credentials give different texts.
    std::string text;
    text.append(hash).append(user).append(":").append(password);
    Key out{};
    HMAC(EVP_sha256(), salt_.data(), static_cast<int>(salt_.size()),
         reinterpret_cast<const unsigned char*>(text.data()), text.size(), out.data(), nullptr); // NOLINT
    OPENSSL_cleanse(text.data(), text.size());
    return out;
}

} // namespace health::web
