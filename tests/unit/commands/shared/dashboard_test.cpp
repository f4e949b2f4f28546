#include "cli/command_line.hpp"

#include <commands/shared/dashboard.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace health;

namespace {

const SavedObject one{.type = "dashboard", .id = "1", .title = "One"};
const SavedObject two{.type = "dashboard", .id = "2", .title = "Two"};
const SavedObject panel{.type = "lens", .id = "3", .title = "Panel"};

} // namespace

TEST_CASE("saved objects are counted, and their dashboards named") {
    CHECK(cli::describe({.ndjson = {}, .objects = {one, panel}}, 2) == "2 saved objects (dashboard \"One\")");
    CHECK(cli::describe({.ndjson = {}, .objects = {one, panel, two}}, 3) ==
          "3 saved objects (dashboards \"One\" and \"Two\")");
    CHECK(cli::describe({.ndjson = {}, .objects = {panel}}, 1) == "1 saved object");
    CHECK(cli::describe({.ndjson = {}, .objects = {one, two, panel}}, 1, std::array{one, panel}) ==
          "1 saved object (dashboard \"Two\")");
    CHECK(cli::describe({.ndjson = {}, .objects = {one}}, 0, std::array{one}) == "0 saved objects");
}

TEST_CASE("the built-in dashboard is for the health index of the settings") {
    auto settings = test::settings({"--health-index=other_v7"}, {}, {&cli::options::health_index});
    const SavedObjects objects = cli::read_dashboard(settings);
    REQUIRE(test::error_of(settings) == "");
    CHECK(objects.dashboards().size() == 1);
    CHECK(objects.ndjson.find("other_v7") != std::string::npos);
    CHECK(objects.ndjson.find("backfill_health_v1") == std::string::npos);
}

TEST_CASE("wrong options of a backfill do not prevent the import") {
    auto settings = test::settings({"--population=nonsense"}, {}, {&cli::options::health_index});
    CHECK(cli::read_dashboard(settings).dashboards().size() == 1);
    CHECK_FALSE(settings.failed());
}
