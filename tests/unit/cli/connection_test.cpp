#include "cli/command_line.hpp"

#include <cli/connection.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <optional>

using cli::ServiceOptions;
using test::Variables;

namespace {

health::RemoteSettings remote(const ServiceOptions& service, const std::vector<std::string>& words,
                              Variables variables) {
    auto settings = test::settings(words, std::move(variables));
    auto out = cli::read_remote(settings, service);
    REQUIRE(test::error_of(settings) == "");
    return out;
}

std::string error(const ServiceOptions& service, const std::vector<std::string>& words, Variables variables) {
    auto settings = test::settings(words, std::move(variables));
    cli::read_remote(settings, service);
    return test::error_of(settings);
}

std::string hosts(const std::string& urls) {
    std::string out;
    for (const health::Url& node : remote(cli::elasticsearch_service, {"--es-url", urls}, {}).nodes)
        out += node.shown() + " ";
    return out;
}

} // namespace

TEST_CASE("several nodes, with blanks and a comma at the end") {
    CHECK(hosts("http://a:9200,http://b:9200") == "http://a:9200 http://b:9200 ");
    CHECK(hosts(" http://a:9200 , http://b:9200 ,\n") == "http://a:9200 http://b:9200 ");
}

TEST_CASE("what is no URL is named by what it was given by") {
    CHECK(error(cli::elasticsearch_service, {}, {{"ES_URL", "ftp://a"}}).starts_with("ES_URL: "));
    CHECK(error(cli::elasticsearch_service, {"--es-url=http://a,,http://b"}, {}).starts_with("--es-url: "));
    CHECK(error(cli::kibana_service, {"--kibana-url="}, {}).starts_with("--kibana-url: "));
}

TEST_CASE("credentials of an URL are taken out of it") {
    const auto settings = remote(cli::elasticsearch_service, {"--es-url=http://me:pa55-4711@a:9200"}, {});
    CHECK(settings.credentials.username == "me");
    CHECK(settings.credentials.password == "pa55-4711");
    CHECK(settings.nodes.front().username.empty());
    CHECK(settings.nodes.front().password.empty());
}

TEST_CASE("Kibana is reached with its own credentials and certificates, or with those of Elasticsearch") {
    const auto own = remote(cli::kibana_service, {}, {{"KIBANA_API_KEY", "key-of-kibana"}, {"ES_CA_CERT", "es.pem"}});
    CHECK(own.nodes.front().shown() == "http://localhost:5601");
    CHECK(own.credentials.api_key == "key-of-kibana");
    CHECK(own.tls.ca_file == "es.pem");
    CHECK(remote(cli::kibana_service, {}, {{"ES_API_KEY", "key-of-es"}}).credentials.api_key == "key-of-es");
}

TEST_CASE("credentials are read again as they are then, and a failure changes nothing") {
    auto variables = std::make_shared<Variables>(Variables{{"ES_API_KEY", "old-key"}});
    cli::Settings settings(*cli::Arguments::parse({}, cli::store_options()),
                           [variables](const std::string& name) -> std::optional<std::string> {
                               const auto found = variables->find(name);
                               return found == variables->end() ? std::nullopt : std::optional(found->second);
                           });
    const auto out = cli::read_remote(settings, cli::elasticsearch_service);
    CHECK(out.credentials.api_key == "old-key");
    (*variables)["ES_API_KEY"] = "new-key";
    REQUIRE(out.reread_credentials().has_value());
    CHECK(out.reread_credentials()->api_key == "new-key");
    (*variables)["ES_API_KEY_FILE"] = "/nonexistent";
    CHECK(out.reread_credentials().has_error());
    CHECK_FALSE(settings.failed());
}

TEST_CASE("the number of retries has a limit") {
    CHECK(remote(cli::elasticsearch_service, {}, {}).retries == 3);
    CHECK(remote(cli::elasticsearch_service, {"--retries=0"}, {}).retries == 0);
    CHECK(error(cli::elasticsearch_service, {"--retries=101"}, {}).starts_with("--retries: "));
    CHECK(error(cli::elasticsearch_service, {}, {{"ES_RETRIES", "-1"}}).starts_with("ES_RETRIES: "));
}

TEST_CASE("the deadline is not 0") {
    auto settings = test::settings({"--timeout=0"});
    cli::read_timeout(settings);
    CHECK(test::error_of(settings) == "--timeout: must be at least 1ms");
}
