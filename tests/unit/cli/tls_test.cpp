#include "cli/command_line.hpp"

#include <cli/tls.hpp>

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using test::Variables;

namespace {

health::TlsSettings tls(const std::vector<std::string>& words, Variables variables,
                        const cli::ServiceOptions& service = cli::elasticsearch_service) {
    auto settings = test::settings(words, std::move(variables));
    auto file = std::make_shared<cli::Configuration>();
    file->file = "f.yaml";
    file->settings["ca-cert"] = {.value = "file.pem", .line = 2};
    settings.use(std::move(file));
    return read_tls(settings, service);
}

} // namespace

TEST_CASE("certificates and names are verified with the system's authorities unless something else is said") {
    auto settings = test::settings({});
    const auto out = read_tls(settings, cli::elasticsearch_service);
    CHECK_FALSE(out.insecure);
    for (const std::string* path : {&out.ca_file, &out.ca_fingerprint, &out.client_cert, &out.client_key})
        CHECK(path->empty());
    CHECK(tls({"--insecure"}, {}).insecure);
}

TEST_CASE("each setting of TLS by flag and by variable") {
    const auto flags = tls({"--ca-cert=a", "--ca-fingerprint=b", "--client-cert=c", "--client-key=d"}, {});
    const auto variables =
        tls({}, {{"ES_CA_CERT", "a"}, {"ES_CA_FINGERPRINT", "b"}, {"ES_CLIENT_CERT", "c"}, {"ES_CLIENT_KEY", "d"}});
    for (const auto& out : {flags, variables}) {
        CHECK(out.ca_file == "a");
        CHECK(out.ca_fingerprint == "b");
        CHECK(out.client_cert == "c");
        CHECK(out.client_key == "d");
    }
}

TEST_CASE("a flag beats a variable, which beats the configuration file") {
    CHECK(tls({"--ca-cert=flag.pem"}, {{"ES_CA_CERT", "es.pem"}}).ca_file == "flag.pem");
    CHECK(tls({}, {{"ES_CA_CERT", "es.pem"}}).ca_file == "es.pem");
    CHECK(tls({}, {{"ES_CA_CERT", ""}}).ca_file == "file.pem");
}

TEST_CASE("Kibana's variables beat Elasticsearch's, and each setting falls back by itself") {
    const Variables both{{"KIBANA_CA_CERT", "kibana.pem"}, {"ES_CA_CERT", "es.pem"}, {"ES_CLIENT_CERT", "client.pem"}};
    CHECK(tls({}, both, cli::kibana_service).ca_file == "kibana.pem");
    CHECK(tls({}, both, cli::kibana_service).client_cert == "client.pem");
    CHECK(tls({}, both).ca_file == "es.pem");
    CHECK(tls({"--ca-cert=flag.pem"}, both, cli::kibana_service).ca_file == "flag.pem");
}

TEST_CASE("beside Elasticsearch, Kibana's variables beat the flags, which are Elasticsearch's") {
    const auto& service = cli::kibana_beside_elasticsearch;
    CHECK(tls({"--ca-cert=flag.pem"}, {{"KIBANA_CA_CERT", "kibana.pem"}}, service).ca_file == "kibana.pem");
    CHECK(tls({"--ca-cert=flag.pem"}, {{"ES_CA_CERT", "es.pem"}}, service).ca_file == "flag.pem");
    CHECK(tls({}, {}, service).ca_file == "file.pem");
}
