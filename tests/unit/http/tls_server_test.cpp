#include "http/certificate.hpp"

#include <http/tls_server.hpp>

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <string>

using namespace health;
using namespace health::http;

namespace {

TlsServerSettings settings_of(const test::Certificate& certificate) {
    return {.cert_file = certificate.certificate_file(),
            .key_file = certificate.key_file(),
            .client_ca_file = {},
            .ciphers = {},
            .groups = {}};
}

std::string refused(const TlsServerSettings& settings) {
    const auto made = make_tls_server_context(settings);
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().kind == ErrorKind::usage);
    return made.error().message;
}

} // namespace

TEST_CASE("a server cannot begin without its certificate and the key of that") {
    const test::Certificate certificate("DNS:localhost");
    const test::Certificate another("DNS:localhost");
    CHECK(make_tls_server_context(settings_of(certificate)).has_value());
    auto settings = settings_of(certificate);
    settings.cert_file = "/nowhere/server.pem";
    CHECK(refused(settings).starts_with("cannot use the certificate /nowhere/server.pem: "));
    settings = settings_of(certificate);
    settings.key_file = another.key_file();
    CHECK(refused(settings).starts_with("cannot use the key " + another.key_file() + ": "));
    settings = settings_of(certificate);
    settings.client_auth = ClientAuth::require_and_verify;
    settings.client_ca_file = "/nowhere/clients.pem";
    CHECK(refused(settings).starts_with("cannot use the client authorities /nowhere/clients.pem: "));
}

TEST_CASE("ciphers and groups that OpenSSL does not have are refused") {
    const test::Certificate certificate("DNS:localhost");
    auto settings = settings_of(certificate);
    settings.ciphers = "NONSENSE";
    CHECK(refused(settings) == "OpenSSL supports none of NONSENSE");
    settings.ciphers.clear();
    settings.groups = "nonsense";
    CHECK(refused(settings) == "OpenSSL supports none of nonsense");
}

TEST_CASE("what clients are asked for is as in Go") {
    const test::Certificate certificate("DNS:localhost");
    const auto mode = [&](ClientAuth auth) {
        auto settings = settings_of(certificate);
        settings.client_auth = auth;
        settings.client_ca_file = certificate.certificate_file();
        const auto made = make_tls_server_context(settings);
        REQUIRE(made.has_value());
        return SSL_CTX_get_verify_mode(made->get());
    };
    constexpr int asked = SSL_VERIFY_PEER;
    constexpr int required = SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    CHECK(mode(ClientAuth::none) == SSL_VERIFY_NONE);
    CHECK(mode(ClientAuth::request) == asked);
    CHECK(mode(ClientAuth::verify_if_given) == asked);
    CHECK(mode(ClientAuth::require_any) == required);
    CHECK(mode(ClientAuth::require_and_verify) == required);
}

TEST_CASE("the versions of TLS are those of the settings") {
    const test::Certificate certificate("DNS:localhost");
    auto settings = settings_of(certificate);
    settings.min_version = TlsVersion::tls13;
    const auto made = make_tls_server_context(settings);
    REQUIRE(made.has_value());
    CHECK(SSL_CTX_get_min_proto_version(made->get()) == TLS1_3_VERSION);
    CHECK(SSL_CTX_get_max_proto_version(made->get()) == TLS1_3_VERSION);
}
