#include "queue.hpp"
#include "support.hpp"
#include "temporary_folder.hpp"

#include <base/base64.hpp>
#include <web/guard.hpp>

#include <doctest/doctest.h>

#include <fstream>
#include <functional>
#include <string>
#include <utility>
#include <vector>

using namespace health;

namespace {

// Of "U*U", as John the Ripper's and libxcrypt's test vectors have it.
const std::string hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
const std::string users = "basic_auth_users:\n  alice: " + hash + "\n";

http::ServerResponse page(std::vector<http::Header> headers = {}) {
    return {.status = 200,
            .content_type = "text/plain",
            .headers = std::move(headers),
            .body = std::make_shared<const std::string>("secret\n")};
}

std::string basic(const std::string& user, const std::string& password) {
    return "Basic " + to_base64(user + ":" + password);
}

std::string_view header(const http::ServerResponse& response, std::string_view name) {
    for (const http::Header& each : response.headers)
        if (each.name == name)
            return each.value;
    return "";
}

/// A guard with this configuration before a page.
struct Guarded {
    explicit Guarded(
        const std::string& config, http::Handler next = [](const auto& /*request*/) { return page(); })
        : file(open(config)),
          guard(file, [](const http::Head& head) { return head.path == "/healthz"; }, std::move(next)) {}

    [[nodiscard]] web::ConfigFile open(const std::string& config) const {
        std::ofstream(folder.path() / "web.yml") << config;
        auto opened = web::ConfigFile::open(folder.path() / "web.yml", test::sentence);
        REQUIRE(opened.has_value());
        return *std::move(opened);
    }

    /// What the answer is, and whether it came at once.
    std::pair<http::ServerResponse, bool> ask(const std::string& authorization, std::string_view path = "/metrics") {
        http::Head head{.method = "GET", .path = path, .query = "", .headers = {}};
        if (!authorization.empty())
            head.headers.emplace_back("Authorization", authorization);
        const http::ServerRequest request{.head = head, .body = ""};
        const auto outcome = guard(request);
        if (const auto* response = std::get_if<http::ServerResponse>(&outcome))
            return {*response, true};
        REQUIRE(std::holds_alternative<http::Deferred>(outcome));
        test::Queue<std::function<http::Outcome()>> replies;
        std::get<http::Deferred>(outcome).begin([&](auto reply) { replies.push(std::move(reply)); });
        const auto reply = replies.pop();
        REQUIRE(reply);
        return {std::get<http::ServerResponse>((*reply)()), false};
    }

    int status(const std::string& authorization, std::string_view path = "/metrics") {
        return ask(authorization, path).first.status;
    }

    tests::TemporaryFolder folder;
    web::ConfigFile file;
    web::Guard guard;
};

} // namespace

TEST_CASE("without users everybody comes in") {
    CHECK(Guarded("").status("") == 200);
    CHECK(Guarded("").status("Basic nonsense") == 200);
}

TEST_CASE("who does not say who they are is asked, but for the pages that are open") {
    Guarded guarded(users);
    const auto [asked, at_once] = guarded.ask("");
    CHECK(at_once);
    CHECK(asked.status == 401);
    CHECK(header(asked, "WWW-Authenticate").starts_with("Basic "));
    CHECK(asked.body->find("secret") == std::string::npos);
    CHECK(guarded.status("", "/healthz") == 200);
    for (const std::string& nonsense : {std::string("Basic"), std::string("Basic !!!"), "Basic " + to_base64("alice"),
                                        "Bearer " + to_base64("alice:U*U")})
        CHECK(guarded.status(nonsense) == 401);
}

TEST_CASE("a right password is checked once, a wrong one every time") {
    Guarded guarded(users);
    const auto [first, first_at_once] = guarded.ask(basic("alice", "U*U"));
    CHECK(first.status == 200);
    CHECK_FALSE(first_at_once);
    const auto [second, second_at_once] = guarded.ask(basic("alice", "U*U"));
    CHECK(second.status == 200);
    CHECK(second_at_once);
    for (int i = 0; i < 2; ++i) {
        const auto [wrong, at_once] = guarded.ask(basic("alice", "U*V"));
        CHECK(wrong.status == 401);
        CHECK_FALSE(at_once);
    }
}

TEST_CASE("a name that nobody has is checked like one that somebody has, and does not come in") {
    Guarded guarded(users);
    for (int i = 0; i < 2; ++i) {
        const auto [unknown, at_once] = guarded.ask(basic("bob", "U*U"));
        CHECK(unknown.status == 401);
        CHECK_FALSE(at_once);
    }
    CHECK(guarded.status(basic("", "U*U")) == 401);
    CHECK(guarded.status(basic("Alice", "U*U")) == 401);
}

TEST_CASE("headers are added to every answer, and those of a page stand") {
    const std::string headers = "http_server_config:\n  headers:\n    X-Frame-Options: deny\n"
                                "    Content-Security-Policy: \"default-src 'self'\"\n";
    const auto own = [](const http::ServerRequest& /*request*/) {
        return page({{"Content-Security-Policy", "default-src 'none'"}});
    };
    Guarded guarded(users + headers, own);
    for (const std::string& authorization : {std::string(), basic("alice", "U*V"), basic("alice", "U*U")})
        CHECK(header(guarded.ask(authorization).first, "X-Frame-Options") == "deny");
    const auto shown = guarded.ask(basic("alice", "U*U")).first;
    CHECK(header(shown, "Content-Security-Policy") == "default-src 'none'");
    CHECK(header(guarded.ask("").first, "Content-Security-Policy") == "default-src 'self'");
}

TEST_CASE("after its end nobody waits for a check") {
    Guarded guarded(users);
    guarded.guard.stop();
    CHECK(guarded.status(basic("alice", "U*U")) == 503);
}
