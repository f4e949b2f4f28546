#include "http/certificate.hpp"

#include <http/tls_client.hpp>
#include <http/tls_server.hpp>

#include <doctest/doctest.h>
#include <openssl/ssl.h>

#include <memory>
#include <string>
#include <utility>

using namespace health;
using namespace health::http;
using test::Certificate;

namespace {

TlsSettings trusting(const std::string& file) {
    TlsSettings out;
    out.ca_file = file;
    return out;
}

TlsSettings pinning(const std::string& fingerprint) {
    TlsSettings out;
    out.ca_fingerprint = fingerprint;
    return out;
}

std::string refused(const TlsSettings& settings) {
    const auto made = make_tls_context(settings);
    REQUIRE_FALSE(made.has_value());
    CHECK(made.error().kind == ErrorKind::usage);
    return made.error().message;
}

/// A client and a server with that certificate, and what becomes of a handshake between them, without a socket.
struct Handshake {
    Handshake(const Certificate& certificate, const TlsSettings& settings, const std::string& host) {
        auto client_context = make_tls_context(settings);
        const auto server_context = make_tls_server_context({.cert_file = certificate.certificate_file(),
                                                             .key_file = certificate.key_file(),
                                                             .client_ca_file = {},
                                                             .ciphers = {},
                                                             .groups = {}});
        REQUIRE(client_context.has_value());
        REQUIRE(server_context.has_value());
        client.reset(SSL_new(client_context->native_handle())); // which keeps its context alive
        server.reset(SSL_new(server_context->get()));
        BIO* at_client = nullptr;
        BIO* at_server = nullptr;
        REQUIRE(BIO_new_bio_pair(&at_client, 0, &at_server, 0) == 1);
        SSL_set_bio(client.get(), at_client, at_client);
        SSL_set_bio(server.get(), at_server, at_server);
        REQUIRE(set_expected_host(client.get(), host, !settings.insecure));
        for (int turn = 0; turn < 10 && !succeeded; ++turn) {
            const bool at_its_end = SSL_connect(client.get()) == 1;
            succeeded = SSL_accept(server.get()) == 1 && at_its_end;
        }
        verified = SSL_get_verify_result(client.get());
    }

    std::unique_ptr<SSL, decltype(&SSL_free)> client{nullptr, SSL_free};
    std::unique_ptr<SSL, decltype(&SSL_free)> server{nullptr, SSL_free};
    bool succeeded = false;
    long verified = 0;
};

} // namespace

TEST_CASE("an unreadable file or a malformed fingerprint is named in the error") {
    CHECK(
        refused(trusting("/nowhere/ca.pem")).starts_with("cannot read certificate authorities from /nowhere/ca.pem: "));
    for (const std::string& fingerprint : {std::string(62, '0'), std::string(66, '0'), "zz" + std::string(62, '0')})
        CHECK(refused(pinning(fingerprint)) == "the CA fingerprint is not a SHA-256 digest in hexadecimal");
    TlsSettings half;
    half.client_cert = "/nowhere/client.pem";
    CHECK(refused(half) == "a client certificate and its key go together");
    half.client_key = "/nowhere/client.key";
    CHECK(refused(half).starts_with("cannot read the client certificate from /nowhere/client.pem: "));
}

TEST_CASE("a server is trusted by its authority or its fingerprint, if it has the name that it was called by") {
    const Certificate certificate("DNS:es.example,IP:127.0.0.1,IP:::1");
    for (const TlsSettings& settings : {trusting(certificate.certificate_file()), pinning(certificate.fingerprint())}) {
        for (const char* host : {"es.example", "127.0.0.1", "::1"}) {
            CAPTURE(host);
            CHECK(Handshake(certificate, settings, host).succeeded);
        }
        for (const char* host : {"other.example", "127.0.0.2", "::2"}) {
            CAPTURE(host);
            const Handshake handshake(certificate, settings, host);
            CHECK_FALSE(handshake.succeeded);
            CHECK(is_host_mismatch(handshake.verified));
        }
    }
}

TEST_CASE("one that nobody vouches for is not trusted, unless that is what the settings say") {
    const Certificate certificate("DNS:es.example");
    const Certificate another("DNS:es.example");
    for (TlsSettings settings : {trusting(another.certificate_file()), pinning(another.fingerprint()), TlsSettings{}}) {
        const Handshake handshake(certificate, settings, "es.example");
        CHECK_FALSE(handshake.succeeded);
        CHECK_FALSE(is_host_mismatch(handshake.verified));
        settings.insecure = true;
        CHECK(Handshake(certificate, settings, "other.example").succeeded);
    }
}

TEST_CASE("a server without a name cannot be verified") {
    auto context = make_tls_context({});
    REQUIRE(context.has_value());
    const std::unique_ptr<SSL, decltype(&SSL_free)> connection(SSL_new(context->native_handle()), SSL_free);
    CHECK_FALSE(set_expected_host(connection.get(), "", true));
}

TEST_CASE("it is known when a server's certificate expires") {
    const Certificate certificate("DNS:es.example");
    const Handshake handshake(certificate, trusting(certificate.certificate_file()), "es.example");
    const auto expiry = expiry_of_certificate(handshake.client.get());
    REQUIRE(expiry);
    const auto left = *expiry - now_in_seconds();
    CHECK(left > std::chrono::hours(23));
    CHECK(left <= std::chrono::hours(24));
}
