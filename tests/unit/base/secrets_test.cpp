#include <base/secrets.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace health;

TEST_CASE("a secret is hidden as it is, and in every form in which a server may send it back") {
    register_secret("canary\"<&>/4711");
    for (const std::string form :
         {R"(canary"<&>/4711)", R"(canary\"<&>\/4711)", R"(canary\"<&>/4711)", "canary&quot;&lt;&amp;&gt;/4711",
          "canary%22%3C%26%3E%2F4711", "canary%22%3c%26%3e%2f4711", "Y2FuYXJ5IjwmPi80NzEx"}) {
        CAPTURE(form);
        const std::string said = redact("it was " + form + ", twice: " + form + form);
        CHECK(said.find("canary") == std::string::npos);
        CHECK(said.find("Y2FuYXJ5") == std::string::npos);
        CHECK(said.starts_with("it was "));
    }
}

TEST_CASE("base64 is hidden with escapes for JSON and for a URL, too") {
    register_secret("canary?>?>~~~");
    for (const std::string form :
         {"Y2FuYXJ5Pz4/Pn5+fg==", R"(Y2FuYXJ5Pz4\/Pn5+fg==)", "Y2FuYXJ5Pz4%2FPn5%2Bfg%3D%3D"}) {
        CAPTURE(form);
        CHECK(redact("it was " + form) == "it was ***");
    }
}

TEST_CASE("of secrets that contain each other the longer one is hidden whole") {
    register_secret("canary-short");
    register_secret("canary-short-and-long");
    CHECK(redact("canary-short-and-long") == "***");
    CHECK(redact("canary-short") == "***");
}

TEST_CASE("what is too short to protect anything does not turn words into asterisks") {
    register_secret("");
    register_secret("abc");
    CHECK(redact("abcdef") == "abcdef");
}
