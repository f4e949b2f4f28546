#include "cli/command_line.hpp"
#include "temporary_folder.hpp"

#include <base/secrets.hpp>
#include <cli/credentials.hpp>

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

using cli::ServiceOptions;
using health::Credentials;
using health::tests::TemporaryFolder;
using test::Variables;
using Words = std::vector<std::string>;

namespace {

/// What the settings say; the configuration file has these settings, and the service is at these URLs.
struct Given {
    Words words{};
    Variables variables{};
    std::map<std::string, std::string> configured{};
    Words urls{};
};

std::pair<Credentials, std::string> read(const Given& given, const ServiceOptions& service) {
    auto settings = test::settings(given.words, given.variables);
    if (!given.configured.empty()) {
        auto file = std::make_shared<cli::Configuration>();
        file->file = "f.yaml";
        for (const auto& [name, value] : given.configured)
            file->settings[name] = {.value = value, .line = 3};
        settings.use(std::move(file));
    }
    std::vector<health::Url> urls;
    for (const std::string& url : given.urls)
        urls.push_back(*health::parse_url(url));
    Credentials out = read_credentials(settings, service, urls);
    return {std::move(out), test::error_of(settings)};
}

Credentials credentials(const Given& given, const ServiceOptions& service = cli::elasticsearch_service) {
    auto [out, error] = read(given, service);
    REQUIRE(error == "");
    return out;
}

std::string error(const Given& given, const ServiceOptions& service = cli::elasticsearch_service) {
    return read(given, service).second;
}

std::string source(const Given& given, const ServiceOptions& service = cli::elasticsearch_service) {
    return credentials(given, service).source;
}

/// A file with this content; its path.
std::string secret(const TemporaryFolder& folder, const std::string& name, std::string_view content) {
    return folder.write(name, content).string();
}

} // namespace

TEST_CASE("without any credentials none are sent") {
    CHECK(credentials({}).empty());
    CHECK(source({}).empty());
    CHECK(credentials({.variables = {{"ES_API_KEY", ""}, {"ES_PASSWORD", ""}}}).empty());
}

TEST_CASE("a variable, or the file that a variable, a flag or the configuration file names") {
    const TemporaryFolder folder;
    const std::string path = secret(folder, "key", "a2V5OjE=");
    CHECK(credentials({.variables = {{"ES_API_KEY", "a2V5OjE="}}}).api_key == "a2V5OjE=");
    CHECK(credentials({.variables = {{"ES_API_KEY_FILE", path}}}).api_key == "a2V5OjE=");
    CHECK(credentials({.words = {"--api-key-file", path}}).api_key == "a2V5OjE=");
    CHECK(credentials({.configured = {{"api-key-file", path}}}).api_key == "a2V5OjE=");
    CHECK(credentials({.words = {"--bearer-token-file", path}}).bearer_token == "a2V5OjE=");
    const auto basic = credentials({.words = {"--username=me", "--password-file", path}});
    CHECK(basic.username == "me");
    CHECK(basic.password == "a2V5OjE=");
}

TEST_CASE("one newline at the end of a secret's file is dropped, and nothing else") {
    const TemporaryFolder folder;
    const auto password = [&](std::string_view content) {
        return credentials({.words = {"--username=me", "--password-file", secret(folder, "p", content)}}).password;
    };
    CHECK(password("pa55-4711\n") == "pa55-4711");
    CHECK(password("pa55-4711\r\n") == "pa55-4711");
    CHECK(password(" pa55-4711 ") == " pa55-4711 ");
}

TEST_CASE("a secret's file that is empty, missing or has several lines is wrong usage") {
    const TemporaryFolder folder;
    for (const char* content : {"", "\n", "\r\n"})
        CHECK(error({.words = {"--api-key-file", secret(folder, "empty", content)}}).find("empty.ndjson is empty") !=
              std::string::npos);
    CHECK(error({.words = {"--api-key-file", secret(folder, "two", "one\n\n")}})
              .starts_with("the credentials contain a line break"));
    CHECK(error({.variables = {{"ES_PASSWORD_FILE", folder.file("missing").string()}}})
              .starts_with("cannot read the secret from "));
}

TEST_CASE("a value and a file at once are a contradiction, which a flag settles") {
    const TemporaryFolder folder;
    const std::string path = secret(folder, "key", "key-of-flag");
    const Variables both{{"ES_API_KEY", "a"}, {"ES_API_KEY_FILE", path}};
    CHECK(error({.variables = both}) == "ES_API_KEY and ES_API_KEY_FILE are both set; unset one of them");
    CHECK(credentials({.words = {"--api-key-file", path}, .variables = both}).api_key == "key-of-flag");
    // A variable beats the configuration file, and is no contradiction to it.
    CHECK(credentials({.variables = {{"ES_API_KEY", "a"}}, .configured = {{"api-key-file", path}}}).api_key == "a");
}

TEST_CASE("credentials are of one kind, wherever they come from") {
    const std::string several = "more than one of an API key, a bearer token and a user name is given; give one kind "
                                "of credentials";
    const TemporaryFolder folder;
    const std::string path = secret(folder, "secret", "s");
    CHECK(error({.variables = {{"ES_API_KEY", "a"}, {"ES_USERNAME", "b"}, {"ES_PASSWORD", "c"}}}) == several);
    CHECK(error({.words = {"--username=me", "--password-file", path}, .variables = {{"ES_API_KEY", "a"}}}) == several);
    CHECK(error({.words = {"--bearer-token-file", path}, .variables = {{"ES_API_KEY", "a"}}}) == several);
    CHECK(error({.variables = {{"ES_API_KEY", "a"}}, .urls = {"http://me:pa55-4711@es:9200"}}) == several);
    CHECK(error({.configured = {{"api-key-file", path}, {"bearer-token-file", path}}}) == several);
}

TEST_CASE("flags and variables replace another kind of credentials in the configuration file") {
    const TemporaryFolder folder;
    const std::string path = secret(folder, "secret", "of-file");
    const std::map<std::string, std::string> basic{{"username", "me"}, {"password-file", path}};
    const auto with_key = credentials({.variables = {{"ES_API_KEY", "a"}}, .configured = basic});
    CHECK(with_key.api_key == "a");
    CHECK(with_key.username.empty());
    CHECK(with_key.password.empty());
    // What belongs together may come from both.
    const auto other_user = credentials({.words = {"--username=you"}, .configured = basic});
    CHECK(other_user.username == "you");
    CHECK(other_user.password == "of-file");
    CHECK(other_user.source == "--username and f.yaml:3");
}

TEST_CASE("a user name and a password go together") {
    CHECK(error({.variables = {{"ES_USERNAME", "me"}}}) ==
          "a user name is given without a password; set ES_PASSWORD or --password-file");
    CHECK(error({.variables = {{"KIBANA_USERNAME", "me"}}}, cli::kibana_service) ==
          "a user name is given without a password; set KIBANA_PASSWORD or --password-file");
    CHECK(error({.variables = {{"ES_PASSWORD", "pa55-4711"}}}, cli::kibana_service) ==
          "a password is given without a user name; set ES_USERNAME or --username");
    CHECK(error({.urls = {"http://me@es:9200"}}) ==
          "a user name is given without a password; set ES_PASSWORD or --password-file");
}

TEST_CASE("what HTTP cannot carry is refused, and not shown") {
    CHECK(error({.variables = {{"ES_API_KEY", "a\r\nX-Evil: y"}}}) ==
          "the credentials contain a line break or another control character");
    CHECK(error({.variables = {{"ES_BEARER_TOKEN", "a\x7F"}}}) ==
          "the credentials contain a line break or another control character");
    CHECK(error({.urls = {"http://me:pa%0Ass@es:9200"}}) ==
          "the credentials contain a line break or another control character");
    CHECK(error({.variables = {{"ES_USERNAME", "a:b"}, {"ES_PASSWORD", "c"}}}) ==
          "the user name contains a colon, which basic authentication cannot carry");
}

TEST_CASE("credentials of URLs are basic credentials, the same for all nodes") {
    const auto out =
        credentials({.urls = {"http://me:pa55-4711@a:9200", "http://b:9200", "http://me:pa55-4711@c:9200"}});
    CHECK(out.username == "me");
    CHECK(out.password == "pa55-4711");
    for (const char* other : {"http://you:pa55-4711@b", "http://me:other-pa55@b"}) {
        const std::string said = error({.urls = {"http://me:pa55-4711@a", other}});
        CHECK(said == "the URL http://b has credentials that differ from those given elsewhere; give them only once");
    }
    CHECK(error({.variables = {{"ES_USERNAME", "you"}, {"ES_PASSWORD", "x"}}, .urls = {"http://me:pa55-4711@a"}})
              .ends_with("has credentials that differ from those given elsewhere; give them only once"));
    CHECK(error({.urls = {"http://:pa55-4711@a"}}).ends_with("has a password but no user name"));
}

TEST_CASE("the user name may stand in the URL, and the password elsewhere") {
    const TemporaryFolder folder;
    const std::string path = secret(folder, "p", "pa55-4711");
    for (const Given& given :
         {Given{.variables = {{"ES_PASSWORD", "pa55-4711"}}, .urls = {"http://me@a:9200", "http://me@b:9200"}},
          Given{.words = {"--password-file", path}, .urls = {"http://me@a:9200"}},
          Given{.variables = {{"ES_USERNAME", "me"}, {"ES_PASSWORD", "pa55-4711"}}, .urls = {"http://me@a:9200"}}}) {
        const auto out = credentials(given);
        CHECK(out.username == "me");
        CHECK(out.password == "pa55-4711");
    }
    CHECK(source({.variables = {{"ES_URL", "http://me@a"}, {"ES_PASSWORD", "pa55-4711"}}, .urls = {"http://me@a"}}) ==
          "the user name in ES_URL and ES_PASSWORD");
}

TEST_CASE("credentials of Kibana beat those of Elasticsearch, all at once") {
    const Variables both{{"ES_API_KEY", "key-of-es"}, {"KIBANA_API_KEY", "key-of-kibana"}};
    CHECK(credentials({.variables = both}).api_key == "key-of-es");
    CHECK(credentials({.variables = both}, cli::kibana_service).api_key == "key-of-kibana");
    CHECK(credentials({.variables = {{"ES_API_KEY", "key-of-es"}}}, cli::kibana_service).api_key == "key-of-es");
    // Not even a contradiction of those that are not used matters.
    const Variables mixed{{"ES_API_KEY", "a"},
                          {"ES_API_KEY_FILE", "/nonexistent"},
                          {"KIBANA_USERNAME", "me"},
                          {"KIBANA_PASSWORD", "pa55-4711"}};
    CHECK(credentials({.variables = mixed}, cli::kibana_service).username == "me");
    const auto by_url =
        credentials({.variables = {{"ES_API_KEY", "a"}}, .urls = {"http://me:pa55-4711@k:5601"}}, cli::kibana_service);
    CHECK(by_url.api_key.empty());
    CHECK(by_url.username == "me");
}

TEST_CASE("flags are Kibana's for a command that talks to it alone, and Elasticsearch's beside it") {
    const TemporaryFolder folder;
    const std::string path = secret(folder, "key", "key-of-flag");
    const Given flag{.words = {"--api-key-file", path}, .variables = {{"ES_API_KEY", "key-of-es"}}};
    CHECK(credentials(flag, cli::kibana_service).api_key == "key-of-flag");
    CHECK(credentials(flag, cli::kibana_beside_elasticsearch).api_key == "key-of-flag"); // as those of Elasticsearch
    const Given own{.words = {"--api-key-file", path}, .variables = {{"KIBANA_API_KEY", "key-of-kibana"}}};
    CHECK(credentials(own, cli::kibana_beside_elasticsearch).api_key == "key-of-kibana");
}

TEST_CASE("credentials know what they were given by") {
    CHECK(source({.variables = {{"ES_API_KEY", "key-of-es"}}}) == "ES_API_KEY");
    CHECK(source({.variables = {{"ES_API_KEY", "key-of-es"}}}, cli::kibana_service) == "ES_API_KEY");
    CHECK(source({.variables = {{"KIBANA_API_KEY", "key-of-kibana"}}}, cli::kibana_service) == "KIBANA_API_KEY");
    CHECK(source({.words = {"--username=me"}, .variables = {{"ES_PASSWORD", "pa55-4711"}}}) ==
          "--username and ES_PASSWORD");
    CHECK(source({.variables = {{"ES_URL", "http://me:pa55-4711@a"}}, .urls = {"http://me:pa55-4711@a"}}) ==
          "the user name and password in ES_URL");
}

TEST_CASE("what was read is never shown") {
    credentials({.variables = {{"ES_USERNAME", "me"}, {"ES_PASSWORD", "canary-of-credentials"}}});
    CHECK(health::redact("Kibana said canary-of-credentials").find("canary") == std::string::npos);
}
