#include <web/config.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("paths are relative to the file") {
    const auto config = web::parse_config(
        "tls_server_config: {cert_file: a.crt, key_file: /keys/a.key, cipher_suites: [TLS_AES_128_GCM_SHA256]}",
        "/etc/web/web.yml");
    REQUIRE(config.has_value());
    CHECK(config->tls->cert_file == "/etc/web/a.crt");
    CHECK(config->tls->key_file == "/keys/a.key");
    CHECK(config->tls->min_version == http::TlsVersion::tls13);
}

TEST_CASE("with suites of TLS 1.3 alone no older version is spoken, wherever they are listed") {
    const std::string suites = "cipher_suites: [TLS_AES_128_GCM_SHA256]";
    for (const std::string& keys : {suites + ", min_version: TLS12", "min_version: TLS12, " + suites}) {
        const auto config =
            web::parse_config("tls_server_config: {cert_file: a, key_file: b, " + keys + "}", "web.yml");
        REQUIRE(config.has_value());
        CHECK(config->tls->min_version == http::TlsVersion::tls13);
    }
    CHECK(web::parse_config("tls_server_config: {cert_file: a, key_file: b, max_version: TLS12, " + suites + "}",
                            "web.yml")
              .error()
              .message.ends_with("allows no TLS version"));
}

TEST_CASE("errors name file, line, key, and what to do") {
    const auto config = web::parse_config("\ntls_server_config:\n  cert: x\n", "web.yml");
    REQUIRE(config.has_error());
    CHECK(config.error().kind == ErrorKind::usage);
    CHECK(config.error().message == "web.yml, line 3: tls_server_config.cert is not supported");
    CHECK(config.error().hint.sentence().find("cert_file") != std::string::npos);
}
