#include <kibana/space.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace health;

namespace {

std::string dashboard_url(const std::string& space, const std::string& dashboard) {
    const auto made = kibana::Space::make(
        {.nodes = {*parse_url("http://kibana.example/base")}, .credentials = {}, .reread_credentials = {}, .tls = {}},
        space);
    REQUIRE(made.has_value());
    return made->dashboard_url("http://kibana.example/base", dashboard);
}

} // namespace

TEST_CASE("a dashboard's URL leads into its space") {
    CHECK(dashboard_url("", "overview") == "http://kibana.example/base/app/dashboards#/view/overview");
    CHECK(dashboard_url("ops", "overview") == "http://kibana.example/base/s/ops/app/dashboards#/view/overview");
    CHECK(dashboard_url("a b", "x/y#z") == "http://kibana.example/base/s/a%20b/app/dashboards#/view/x%2Fy%23z");
}

TEST_CASE("the default space has no path of its own, also by its name") {
    CHECK(dashboard_url("default", "overview") == dashboard_url("", "overview"));
}
