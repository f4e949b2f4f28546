#include <web/bcrypt.hpp>
#include <web/config.hpp>

#include <doctest/doctest.h>

using namespace health;

namespace {

// Of "U*U", as John the Ripper's and libxcrypt's test vectors have it.
const std::string hash = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";

} // namespace

TEST_CASE("what a bcrypt hash looks like") {
    CHECK(web::is_bcrypt_hash(hash));
    for (const std::string& bad :
         {std::string(), hash.substr(1), hash + "x", "$2$" + hash.substr(4) + "x", "$2c" + hash.substr(3),
          "$2a$03" + hash.substr(6), "$2a$32" + hash.substr(6), "$2a$xx" + hash.substr(6), hash.substr(0, 59) + "*"})
        CHECK_FALSE(web::is_bcrypt_hash(bad));
}

TEST_CASE("a password and its hash") {
    CHECK(web::matches_bcrypt("U*U", hash));
    CHECK_FALSE(web::matches_bcrypt("U*V", hash));
    CHECK_FALSE(web::matches_bcrypt("", hash));
    CHECK_FALSE(web::matches_bcrypt(std::string("U*U\0x", 5), hash));
    CHECK_FALSE(web::matches_bcrypt("U*U", "no hash"));
}

TEST_CASE("paths are relative to the file") {
    const auto config = web::parse_config(
        "tls_server_config: {cert_file: a.crt, key_file: /keys/a.key, cipher_suites: [TLS_AES_128_GCM_SHA256]}",
        "/etc/web/web.yml");
    REQUIRE(config.has_value());
    CHECK(config->tls->cert_file == "/etc/web/a.crt");
    CHECK(config->tls->key_file == "/keys/a.key");
    CHECK(config->tls->min_version == http::TlsVersion::tls13);
}

TEST_CASE("errors name file, line, key, and what to do") {
    const auto config = web::parse_config("\ntls_server_config:\n  cert: x\n", "web.yml");
    REQUIRE(config.has_error());
    CHECK(config.error().kind == ErrorKind::usage);
    CHECK(config.error().message == "web.yml, line 3: tls_server_config.cert is not supported");
    CHECK(config.error().hint.sentence().find("cert_file") != std::string::npos);
}
