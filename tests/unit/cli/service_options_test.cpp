#include <cli/service_options.hpp>

#include <doctest/doctest.h>

TEST_CASE("Kibana has the same variables under a name of its own") {
    CHECK(cli::with_prefix(cli::kibana_service.prefix, "ES_API_KEY_FILE") == "KIBANA_API_KEY_FILE");
    CHECK(cli::with_prefix(cli::elasticsearch_service.prefix, "ES_API_KEY_FILE") == "ES_API_KEY_FILE");
}
