#include "commands/watch/watched.hpp"

#include <commands/watch/records.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace cli;
using namespace std::chrono_literals;

namespace {

std::string text(const test::Watched& watched) {
    return watch_text(watched.state, watched.now());
}

boost::json::object json(const test::Watched& watched) {
    return boost::json::parse(watch_json(watched.state, watched.now())).as_object();
}

} // namespace

TEST_CASE("a line of text says how much, how fast, and how long") {
    CHECK(text(test::midway()) ==
          "2025-10-10T14:22:31Z  810 of 1243 (65.1 %), 433 missing, falling by 2.0/s in the last minute, "
          "about 3m 37s left (3m 13s to 4m 6s)\n");
}

TEST_CASE("a line of text gives the reason where there is no estimate") {
    test::Watched watched;
    watched.during(5s, 0, 0);
    CHECK(text(watched) == "2025-10-10T14:22:31Z  200 of 1243 (16.0 %), 1043 missing\n");
    watched.during(5s, -2, 2);
    CHECK(text(watched).ends_with(", 1033 missing, falling by 2.0/s in the last 5s\n"));
    watched.during(240s, 9.6, 0);
    CHECK(text(watched).ends_with("missing, nothing filled for 4m; 9.6 new documents/s arrive without dates\n"));
    watched.state.snapshot = test::snapshot(0, 1243, 1200);
    CHECK(text(watched).ends_with("1243 of 1243 (100.0 %), 0 missing, done\n"));
}

TEST_CASE("in a pause the line still says over which time missing fell") {
    test::Watched watched = test::midway();
    watched.during(10s, 0, 0);
    CHECK(text(watched).find(", falling by 1.7/s in the last minute, about ") != std::string::npos);
}

TEST_CASE("a line of JSON has the report's members, rates and the time that is left") {
    const auto line = json(test::midway());
    CHECK(line.at("missing_dates_count") == 433);
    CHECK(line.at("rate_per_second").to_number<double>() == doctest::Approx(2));
    CHECK(line.at("documents_per_second").to_number<double>() == 0);
    CHECK(line.at("rates_over_seconds") == 60);
    CHECK(line.at("mean_rate_per_second").to_number<double>() == doctest::Approx(2));
    CHECK(line.at("seconds_left") == 217);
    CHECK(line.at("seconds_left_at_least") == 193);
    CHECK(line.at("seconds_left_at_most") == 246);
    CHECK(line.at("no_estimate").is_null());
}

TEST_CASE("a line of JSON names the reason where there is no estimate, in plain digits") {
    test::Watched watched;
    watched.during(5s, 0, 0);
    CHECK(json(watched).at("no_estimate") == "too_little_seen");
    CHECK(json(watched).at("rate_per_second").is_null());
    watched.during(300s, 532.916, 0);
    CHECK(json(watched).at("no_estimate") == "nothing_filled");
    CHECK(json(watched).at("seconds_left").is_null());
    CHECK(watch_json(watched.state, watched.now()).find("\"documents_per_second\":532.9") != std::string::npos);
}

TEST_CASE("a line says which rules are broken, and then it is not done") {
    test::Watched watched = test::midway();
    watched.state.snapshot->broken = {{.rule = "dates < now", .documents = 3}, {.rule = "dates != 0"}};
    CHECK(text(watched).ends_with(", about 3m 37s left (3m 13s to 4m 6s), 3 break dates < now\n"));
    watched.state.snapshot = test::snapshot(0, 1243, 1200);
    watched.state.snapshot->broken = {{.rule = "dates < now", .documents = 1}, {.rule = "dates != 0", .documents = 2}};
    CHECK(text(watched) ==
          "2025-10-10T14:22:31Z  1243 of 1243 (100.0 %), 0 missing, 1 breaks dates < now, 2 break dates != 0\n");
    CHECK(json(watched).at("rules") == boost::json::value{{"dates < now", 1}, {"dates != 0", 2}});
    CHECK(json(watched).at("verdict") == "CHECK");
    for (health::BrokenRule& rule : watched.state.snapshot->broken)
        rule.documents = 0;
    CHECK(text(watched).ends_with(", 0 missing, done\n"));
}
