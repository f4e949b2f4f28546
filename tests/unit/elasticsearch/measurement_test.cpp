#include "support.hpp"

#include <elasticsearch/measurement.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <random>

using namespace health;
using namespace health::elasticsearch;
namespace json = boost::json;

namespace {

const Timestamp then = test::at("2025-10-10T14:22:31Z");

std::vector<Backfill> backfills() {
    Backfill none = test::invoices();
    none.name = "none";
    none.derived.clear();
    Backfill two = test::invoices();
    two.name = "two";
    two.derived = {"paid_at", "reminded_at"};
    two.population.push_back({"country", {"DE"}});
    return {test::bills(), none, two};
}

MeasuredBackfills pointers(const std::vector<Backfill>& list) {
    MeasuredBackfills out;
    for (const Backfill& backfill : list)
        out.push_back(&backfill);
    return out;
}

/// Of a search for several; these are its counts, in the order of the search.
json::value answer_to(const MeasuredBackfills& asked, const std::vector<std::int64_t>& counts) {
    std::size_t i = 0;
    const auto filters = [&](const json::value& aggregation) {
        json::object buckets;
        for (const auto& [name, filter] : aggregation.at_pointer("/filters/filters").as_object())
            buckets[name] = {{"doc_count", counts.at(i++)}};
        return json::value{{"buckets", buckets}};
    };
    json::object aggregations;
    const json::value search = measurement(asked);
    for (const auto& [name, aggregation] : search.at("aggs").as_object()) {
        if (name == "counts") {
            aggregations[name] = filters(aggregation);
        } else {
            const std::int64_t population = counts.at(i++);
            aggregations[name] = {{"doc_count", population},
                                  {"counts", filters(aggregation.at_pointer("/aggs/counts"))}};
        }
    }
    REQUIRE(i == counts.size());
    return {{"timed_out", false},
            {"_shards", {{"total", 1}, {"successful", 1}, {"skipped", 0}, {"failed", 0}}},
            {"hits", {{"hits", json::array{}}}},
            {"aggregations", aggregations}};
}

std::vector<Result<Snapshot>> read(const MeasuredBackfills& asked, const json::value& body, int status = 200) {
    return to_snapshots(
        asked,
        {.response = {.status = status, .headers = {}, .body = json::serialize(body), .body_problem = {}},
         .from = "http://es"},
        then);
}

} // namespace

TEST_CASE("one search for several, an answer for each") {
    const auto list = backfills();
    const auto found = read(pointers(list), answer_to(pointers(list), {22, 2, 20, 18, 7, 7, 0, 9, 3, 6, 6, 1}));
    REQUIRE(found.size() == 3);
    CHECK(*found[0] == Snapshot{.index = list[0].index, .missing = 2, .present = 20, .derived = {18}, .ts = then});
    CHECK(*found[1] == Snapshot{.index = list[1].index, .missing = 7, .present = 0, .derived = {}, .ts = then});
    CHECK(*found[2] == Snapshot{.index = list[2].index, .missing = 3, .present = 6, .derived = {6, 1}, .ts = then});
}

TEST_CASE("backfills that share a population are counted below it") {
    auto list = backfills();
    list[2].population = list[1].population;
    const auto found = read(pointers(list), answer_to(pointers(list), {9, 9, 0, 3, 6, 6, 1, 22, 2, 20, 18}));
    REQUIRE(found.size() == 3);
    CHECK(*found[0] == Snapshot{.index = list[0].index, .missing = 2, .present = 20, .derived = {18}, .ts = then});
    CHECK(*found[1] == Snapshot{.index = list[1].index, .missing = 9, .present = 0, .derived = {}, .ts = then});
    CHECK(*found[2] == Snapshot{.index = list[2].index, .missing = 3, .present = 6, .derived = {6, 1}, .ts = then});
}

TEST_CASE("the count of a shared population must fit each of them") {
    auto list = backfills();
    list[2].population = list[1].population;
    const auto found = read(pointers(list), answer_to(pointers(list), {9, 8, 0, 3, 6, 6, 1, 22, 2, 20, 18}));
    CHECK(found[0].has_value());
    REQUIRE(!found[1].has_value());
    CHECK(found[1].error().kind == ErrorKind::bad_response);
    CHECK(found[2].has_value());
}

TEST_CASE("counts of one that do not fit spoil no other") {
    const auto list = backfills();
    const std::vector<std::int64_t> good{22, 2, 20, 18, 7, 7, 0, 9, 3, 6, 6, 1};
    for (std::size_t i = 0; i < good.size(); ++i) {
        CAPTURE(i);
        auto counts = good;
        counts[i] = i == 1 ? 3 : -1;
        const auto found = read(pointers(list), answer_to(pointers(list), counts));
        const std::size_t wrong = i < 4 ? 0 : i < 7 ? 1 : 2;
        for (std::size_t n = 0; n < found.size(); ++n) {
            CHECK(found[n].has_value() == (n != wrong));
            if (n == wrong)
                CHECK(found[n].error().kind == ErrorKind::bad_response);
        }
    }
}

TEST_CASE("an answer that is not whole is none to anybody") {
    const auto list = backfills();
    const auto asked = pointers(list);
    auto body = answer_to(asked, {22, 2, 20, 18, 7, 7, 0, 9, 3, 6, 6, 1});
    const auto all = [&](ErrorKind kind, int status = 200) {
        for (const auto& found : read(asked, body, status)) {
            REQUIRE(!found.has_value());
            CHECK(found.error().kind == kind);
        }
    };
    body.at_pointer("/_shards/successful") = 0;
    all(ErrorKind::partial);
    body.at_pointer("/_shards/total") = 0;
    all(ErrorKind::index_missing);
    all(ErrorKind::rejected, 400);
    body = json::object{};
    all(ErrorKind::bad_response);
}

TEST_CASE("random counts are snapshots that add up, or errors") {
    const auto list = backfills();
    std::mt19937 random(3); // NOLINT(cert-msc51-cpp)
    std::uniform_int_distribution<std::int64_t> number(-1, 4);
    int snapshots = 0;
    for (int round = 0; round < 3000; ++round) {
        std::vector<std::int64_t> counts(12);
        for (auto& count : counts)
            count = number(random);
        const auto found = read(pointers(list), answer_to(pointers(list), counts));
        constexpr std::array first{0, 4, 7};
        for (std::size_t i = 0; i < found.size(); ++i) {
            if (!found[i])
                continue;
            ++snapshots;
            CHECK(static_cast<std::int64_t>(found[i]->population()) ==
                  counts.at(static_cast<std::size_t>(first.at(i))));
            for (const std::uint64_t derived : found[i]->derived)
                CHECK(derived <= found[i]->present);
        }
    }
    CHECK(snapshots > 100);
}

TEST_CASE("the population of one alone is the total of its search") {
    const Backfill bills = test::bills();
    const json::value alone = measurement({&bills});
    CHECK(alone.at("track_total_hits") == true);
    CHECK(alone.at_pointer("/query/bool/filter").as_array().size() == 1);
}

TEST_CASE("each value of a term does, and the raw query holds, too") {
    Backfill backfill = test::bills();
    backfill.population.push_back({.field = "status", .values = {"open", "paid"}});
    backfill.query = R"({"range":{"created":{"gte":"now-30d"}}})";
    const json::value search = measurement({&backfill});
    const auto& conditions = search.at_pointer("/query/bool/filter").as_array();
    REQUIRE(conditions.size() == 3);
    CHECK(conditions[1].at_pointer("/terms/status") == json::array{"open", "paid"});
    CHECK(conditions[2].at_pointer("/range/created/gte") == "now-30d");
}
