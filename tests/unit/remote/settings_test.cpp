#include <remote/settings.hpp>

#include <doctest/doctest.h>

using namespace health;

TEST_CASE("only credentials that cross a network unencrypted are worth a warning") {
    RemoteSettings settings{.nodes = {*parse_url("http://localhost:9200"), *parse_url("http://es.example:9200"),
                                      *parse_url("https://es.example")},
                            .credentials = {},
                            .reread_credentials = {},
                            .tls = {}};
    CHECK(clear_text_warnings(settings).empty());
    settings.credentials.api_key = "a2V5";
    CHECK(clear_text_warnings(settings) ==
          std::vector<std::string>{"credentials go to http://es.example:9200 in clear text"});
}
