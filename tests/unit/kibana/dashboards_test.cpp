#include "has.hpp"
#include "support.hpp"

#include <base/json.hpp>
#include <base/text.hpp>
#include <kibana/dashboards.hpp>
#include <kibana/saved_objects.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <support.hpp>
#include <vector>

using namespace health;
using test::has;
namespace json = boost::json;

namespace {

/// The dashboards' file, which an import would accept.
SavedObjects made(const std::string& health_index, const std::vector<Backfill>& backfills) {
    auto out = embedded_dashboards(health_index, backfills);
    const auto read = parse_saved_objects(out.ndjson, "embedded");
    if (!read)
        FAIL(one_line(read.error(), test::sentence));
    CHECK(read->objects == out.objects);
    return out;
}

std::vector<std::string> titles(const SavedObjects& objects, const std::string& type) {
    std::vector<std::string> out;
    for (const SavedObject& object : objects.objects)
        if (object.type == type)
            out.push_back(object.title);
    return out;
}

Backfill nested(const std::string& name, std::vector<std::string> derived) {
    Backfill out = test::invoices();
    out.name = name;
    out.derived = std::move(derived);
    return out;
}

json::value dashboard_in(const SavedObjects& objects) {
    for (const std::string_view line : split(objects.ndjson, '\n'))
        if (json::value object = line.empty() ? json::object{} : json::parse(line);
            find_text(object, {"type"}) == "dashboard")
            return object;
    FAIL("there is no dashboard");
    return {};
}

json::value panels_of(const json::value& dashboard) {
    return json::parse(find_text(dashboard, {"attributes", "panelsJSON"}));
}

} // namespace

TEST_CASE("a dashboard for each shape of snapshots that the backfills have") {
    const auto flat = made("backfill_health_v1", {test::bills()});
    const auto others = made("backfill_health_v1", {test::invoices()});
    const auto both = made("backfill_health_v1", {test::bills(), test::invoices()});
    REQUIRE(flat.dashboards().size() == 1);
    REQUIRE(others.dashboards().size() == 1);
    REQUIRE(both.dashboards().size() == 2);
    CHECK(flat.dashboards()[0].id != others.dashboards()[0].id);
    CHECK(titles(both, "index-pattern").size() == 1); // they have it in common
    CHECK(made("backfill_health_v1", {}).dashboards().size() == 1);
}

TEST_CASE("each object is in a file once") {
    auto objects = made("backfill_health_v1", {test::bills(), test::invoices(), nested("b", {"x"})}).objects;
    const auto identity = [](const SavedObject& object) { return object.type + "/" + object.id; };
    std::ranges::sort(objects, {}, identity);
    CHECK(std::ranges::adjacent_find(objects, {}, identity) == objects.end());
}

TEST_CASE("the data view reads the health index and its monthly ones, and not those with a longer name") {
    using Titles = std::vector<std::string>;
    CHECK(titles(made("health_v2", {test::bills()}), "index-pattern") == Titles{"health_v2,health_v2-*"});
    CHECK(titles(made("a,b-*", {test::invoices()}), "index-pattern") == Titles{"a,a-*,b-*"});
}

TEST_CASE("dashboards of several health indices can coexist") {
    const auto one = made("one", {test::bills(), test::invoices()});
    const auto two = made("two", {test::bills(), test::invoices()});
    for (const SavedObject& object : one.objects) {
        CAPTURE(object.id);
        CHECK(std::ranges::none_of(
            two.objects, [&](const SavedObject& other) { return other.type == object.type && other.id == object.id; }));
    }
    CHECK_FALSE(has(one.ndjson, "backfill_health_v1"));
}

TEST_CASE("any name of a health index leaves the file valid") {
    for (const std::string name :
         {"my_backfill_health_v1", "quote\"d", "back\\slash", "DERIVED_FIELD", "THRESHOLDS", "h\u00e9alth"}) {
        CAPTURE(name);
        const auto objects = made(name, {test::bills()});
        CHECK(titles(objects, "index-pattern") == std::vector{name + "," + name + "-*"});
    }
}

TEST_CASE("each derived field is shown once, whoever derives it") {
    const auto objects = made("health_v1", {nested("a", {"paid_at", "shared"}), nested("b", {"shared", "x\"y"})});
    CHECK_FALSE(has(objects.ndjson, "DERIVED_FIELD"));
    CHECK(has(objects.ndjson, "derived.paid_at"));
    CHECK(has(objects.ndjson, "derived.shared"));
    CHECK_FALSE(has(objects.ndjson, "overdue"));
    // Each field of its own has its part as often as the shared one.
    const auto count = [&](const std::string& field) {
        std::size_t out = 0;
        for (auto at = objects.ndjson.find(field); at != std::string::npos; at = objects.ndjson.find(field, at + 1))
            ++out;
        return out;
    };
    CHECK(count("derived.paid_at") == count("derived.shared"));
}

TEST_CASE("without derived fields there is no panel of them") {
    const auto with = made("health_v1", {nested("a", {"paid_at"})});
    const auto without = made("health_v1", {nested("a", {})});
    CHECK_FALSE(has(without.ndjson, "DERIVED_FIELD"));
    CHECK_FALSE(has(without.ndjson, "derived."));
    CHECK(without.objects.size() < with.objects.size());
    CHECK(without.dashboards() == with.dashboards());

    for (const auto* objects : {&with, &without}) {
        const json::value dashboard = dashboard_in(*objects);
        std::vector<std::string> names;
        for (const json::value& reference : dashboard.at("references").as_array())
            names.emplace_back(reference.at("name").as_string());
        std::size_t shown = 0;
        const json::value panels = panels_of(dashboard);
        for (const json::value& panel : panels.as_array())
            if (const json::value* name = panel.as_object().if_contains("panelRefName")) {
                ++shown;
                const std::string object =
                    std::string(panel.at("panelIndex").as_string()) + ":" + std::string(name->as_string());
                CAPTURE(object);
                CHECK(std::ranges::find(names, object) != names.end());
            }
        CHECK(shown > 0);
    }
}

TEST_CASE("the dashboard has the thresholds of each backfill") {
    Backfill strict = nested("a|b", {});
    strict.thresholds = {.max_missing = 5, .min_coverage = 0.955};
    const auto objects = made("health_v1", {strict, nested("c", {})});
    const std::string shown = json::serialize(panels_of(dashboard_in(objects)));
    CHECK(has(shown, R"(| a\\|b | 5 | 95.5 % |\n| c | not set | not set |)"));
    CHECK_FALSE(has(objects.ndjson, "THRESHOLDS"));
}
