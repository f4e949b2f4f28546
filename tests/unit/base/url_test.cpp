#include <base/encoding.hpp>
#include <base/url.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace health;

TEST_CASE("a URL keeps its path as a prefix, and has the port of its scheme") {
    const auto url = parse_url("https://host/es/");
    REQUIRE(url.has_value());
    CHECK(url->tls);
    CHECK(url->host == "host");
    CHECK(url->port == 443);
    CHECK(url->prefix == "/es");
    CHECK(url->shown() == "https://host/es");
    CHECK(parse_url("HTTP://localhost:9200")->shown() == "http://localhost:9200");
    CHECK(parse_url("http://[::1]:9200")->authority() == "[::1]:9200");
    CHECK(parse_url("http://[::1]:9200")->host == "::1");
    CHECK(parse_url("http://[::1]")->port == 80);
    CHECK(parse_url("http://127.0.0.1.example:9200")->host == "127.0.0.1.example");
    CHECK(!parse_url("http://127.0.0.1.example")->is_loopback());
    CHECK(parse_url("https://host:/")->port == 443);
    for (const char* path : {"/.//", "/./", "/..//", "/a/%2e/b", "/a/.."})
        CHECK(!parse_url(std::string("http://host") + path));
    CHECK(parse_url("http://my_host.example/a%20b//")->prefix == "/a%20b");
}

TEST_CASE("an IPv6 address may have a zone, whose % is encoded in a URL (RFC 6874)") {
    for (const char* text : {"http://[fe80::1%25eth0]:9200", "http://[fe80::1%eth0]:9200"}) {
        const auto url = parse_url(text);
        REQUIRE(url.has_value());
        CHECK(url->host == "fe80::1%eth0");
        CHECK(url->shown() == "http://[fe80::1%25eth0]:9200");
        CHECK(url->authority() == "[fe80::1]:9200"); // a zone is of no meaning to the server
    }
    CHECK(parse_url("http://[fe80::1%25]")->host == "fe80::1%25");
    CHECK(parse_url("http://[fe80::1%25]")->shown() == "http://[fe80::1%2525]");
    CHECK(parse_url("http://[fe80::1%2525]")->host == "fe80::1%25");
    for (const char* zone : {"%", "%%", "%eth\x15", "%%25eth0", "%25%25eth0", "%2525%eth0"}) {
        CAPTURE(zone);
        CHECK(!parse_url(fmt::format("http://[fe80::1{}]", zone)));
    }
}

TEST_CASE("credentials are taken out of a URL at once") {
    const auto url = parse_url("http://us%40er:p%3Ass@host:9200");
    REQUIRE(url.has_value());
    CHECK(url->username == "us@er");
    CHECK(url->password == "p:ss");
    CHECK(url->shown() == "http://host:9200");
    CHECK(parse_url("http://me:p@ss:w[o]rd %41@host")->password == "p@ss:w[o]rd A");
    CHECK(parse_url("http://me:@host")->password.empty());
    CHECK(parse_url("http://:pass@host")->username.empty());
}

TEST_CASE("what is no URL is refused, and credentials are not shown even then") {
    for (const char* text : {"",
                             "localhost:9200",
                             "ftp://host",
                             "http://",
                             "http://:9200",
                             "http://host:0",
                             "http://host:65536",
                             "http://host:x",
                             "http://host:+1",
                             "http://host?x",
                             "http://host/#x",
                             "http://host/a/../b",
                             "http://host/%2e%2e",
                             "http://host/%zz",
                             "http://host/a b",
                             "http://host/@",
                             "http://ho st",
                             "http://ho\nst",
                             "http://[::1",
                             "http://[::x]",
                             "http://[::1]x",
                             "http://u:s3cret@host:x",
                             "http://u:s3/cret@host",
                             "ftp://u:s3cret@host",
                             "http://u:s3cret%zz@host"}) {
        CAPTURE(text);
        const auto url = parse_url(text);
        REQUIRE(!url.has_value());
        CHECK(url.error().kind == ErrorKind::usage);
        CHECK(url.error().message.find("cret") == std::string::npos);
    }
}

TEST_CASE("percent encoding leaves what a path may hold") {
    CHECK(percent_encode("a/b?c,d*", ",*") == "a%2Fb%3Fc,d*");
    CHECK(percent_encode("ä-_.~") == "%C3%A4-_.~");
}

TEST_CASE("user information is found in what may be a URL, so that it can be hidden") {
    CHECK(user_information("https://ann:s3cret@es:9200") == "ann:s3cret");
    CHECK(user_information("--es-url=http://u:p@ss@es") == "u:p@ss");
    CHECK(user_information("nonsense://ann@") == "ann");
    CHECK(user_information("http://@es") == "");
    CHECK(!user_information("http://es:9200"));
    CHECK(!user_information("ann@example.org"));
    CHECK(!user_information("mail@x http://es"));
    CHECK(!user_information(""));
}
