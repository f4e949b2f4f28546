#include "cli/command_line.hpp"

#include <cli/connection.hpp>

#include <doctest/doctest.h>

using cli::Service;
using test::Variables;

namespace {

health::RemoteSettings remote(const Service& service, const std::vector<std::string>& words, Variables variables) {
    auto settings = test::settings(words, std::move(variables));
    auto out = cli::read_remote(settings, service);
    REQUIRE(test::error_of(settings) == "");
    return out;
}

std::string error(const Service& service, const std::vector<std::string>& words, Variables variables) {
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

TEST_CASE("Kibana's own credentials and certificates beat those of Elasticsearch") {
    const Variables both{{"ES_API_KEY", "key-of-es"}, {"KIBANA_API_KEY", "key-of-kibana"}, {"ES_CA_CERT", "es.pem"}};
    CHECK(remote(cli::elasticsearch_service, {}, both).credentials.api_key == "key-of-es");
    CHECK(remote(cli::kibana_service, {}, both).credentials.api_key == "key-of-kibana");
    CHECK(remote(cli::kibana_service, {}, {{"ES_API_KEY", "key-of-es"}}).credentials.api_key == "key-of-es");
    CHECK(remote(cli::kibana_service, {}, both).tls.ca_file == "es.pem");

    const Variables certificates{{"KIBANA_CA_CERT", "kibana.pem"}, {"ES_CA_CERT", "es.pem"}};
    CHECK(remote(cli::kibana_service, {}, certificates).tls.ca_file == "kibana.pem");
    CHECK(remote(cli::kibana_service, {"--ca-cert=flag.pem"}, certificates).tls.ca_file == "flag.pem");
    CHECK(remote(cli::kibana_beside_elasticsearch, {"--ca-cert=flag.pem"}, certificates).tls.ca_file == "kibana.pem");
    CHECK(remote(cli::kibana_beside_elasticsearch, {"--ca-cert=flag.pem"}, {}).tls.ca_file == "flag.pem");
}

TEST_CASE("credentials that contradict each other are refused, by the names of the service's own variables") {
    CHECK(error(cli::elasticsearch_service, {}, {{"ES_API_KEY", "a"}, {"ES_API_KEY_FILE", "b"}}) ==
          "ES_API_KEY and ES_API_KEY_FILE are both set; unset one of them");
    CHECK(error(cli::elasticsearch_service, {}, {{"ES_API_KEY", "a"}, {"ES_USERNAME", "b"}, {"ES_PASSWORD", "c"}})
              .starts_with("more than one of an API key"));
    CHECK(error(cli::kibana_service, {}, {{"KIBANA_USERNAME", "me"}}) ==
          "a user name is given without a password; set KIBANA_PASSWORD or --password-file");
    CHECK(error(cli::kibana_service, {}, {{"ES_PASSWORD", "pa55-4711"}}) ==
          "a password is given without a user name; set ES_USERNAME or --username");
    CHECK(error(cli::elasticsearch_service, {}, {{"ES_API_KEY", "a\r\nX: y"}})
              .starts_with("the credentials contain a line break"));
}

TEST_CASE("credentials know what they were given by") {
    const auto source = [](const Service& service, const std::vector<std::string>& words, const Variables& variables) {
        return remote(service, words, variables).credentials.source;
    };
    CHECK(source(cli::elasticsearch_service, {}, {}).empty());
    CHECK(source(cli::elasticsearch_service, {}, {{"ES_API_KEY", "key-of-es"}}) == "ES_API_KEY");
    CHECK(source(cli::kibana_service, {}, {{"ES_API_KEY", "key-of-es"}}) == "ES_API_KEY");
    CHECK(source(cli::kibana_service, {}, {{"KIBANA_API_KEY", "key-of-kibana"}}) == "KIBANA_API_KEY");
    CHECK(source(cli::elasticsearch_service, {"--username=me"}, {{"ES_PASSWORD", "pa55-4711"}}) ==
          "--username and ES_PASSWORD");
    CHECK(source(cli::elasticsearch_service, {}, {{"ES_URL", "http://me:pa55-4711@a:9200"}}) ==
          "the user name and password in ES_URL");
}

TEST_CASE("the deadline is not 0") {
    auto settings = test::settings({"--timeout=0"});
    cli::read_timeout(settings);
    CHECK(test::error_of(settings) == "--timeout: must be at least 1ms");
}
