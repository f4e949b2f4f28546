#include "ndjson/naive_counts.hpp"
#include "ndjson/random_lines.hpp"

#include <ndjson/line_parser.hpp>
#include <ndjson/tally.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

using namespace health;
using namespace health::ndjson;
using namespace health::tests;

namespace {

const Backfill open_bills{.name = "bills",
                          .index = "mail",
                          .population = {{"category", {"bills"}}, {"open", {"true"}}},
                          .field = "dates",
                          .derived = {"expires_at"},
                          .field_label = "dates[]"};

const std::vector<std::string> emails{
    R"({"category":"bills","open":true})",
    R"({"category":"bills","open":true,"dates":[]})",
    R"({"category":"bills","open":true,"expires_at":1})",
    R"({"category":"bills","open":true,"dates":[1]})",
    R"({"category":"bills","open":true,"dates":[1],"expires_at":null})",
    R"({"category":["bills"],"open":true,"dates":[1],"expires_at":1})",
    R"({"category":"bills","open":false,"dates":[1],"expires_at":1})",
    R"({"category":"news","open":true,"dates":[1],"expires_at":1})",
    R"({"dates":[1],"expires_at":1})",
};

template <class Counting>
void add(Counting& counting, const std::string& line) {
    LineParser parser;
    counting.add(parser.parse(simdjson::padded_string(line)).get_object().value());
}

std::vector<BackfillCounts> count(const std::vector<Backfill>& backfills, const std::vector<std::string>& lines) {
    Tally tally(backfills, {});
    for (const std::string& line : lines)
        add(tally, line);
    std::vector<BackfillCounts> out;
    for (std::size_t i = 0; i < backfills.size(); ++i)
        out.push_back(tally.counts(i));
    return out;
}

} // namespace

TEST_CASE("a tally counts the population as a snapshot does") {
    const auto counts = count({open_bills}, emails);
    CHECK(counts.front() == BackfillCounts{.missing = 3, .present = 3, .derived = {1}});
}

TEST_CASE("backfills that share a population, a field or both have counts of their own") {
    Backfill all = open_bills;
    all.population.clear();
    Backfill expiring = open_bills;
    expiring.field = "expires_at";
    expiring.derived = {"dates", "dates", "category"};
    Backfill bare = open_bills;
    bare.derived.clear();
    const auto counts = count({all, open_bills, expiring, bare, open_bills}, emails);
    CHECK(counts[0] == BackfillCounts{.missing = 3, .present = 6, .derived = {4}});
    CHECK(counts[1] == BackfillCounts{.missing = 3, .present = 3, .derived = {1}});
    CHECK(counts[2] == BackfillCounts{.missing = 4, .present = 2, .derived = {1, 1, 2}});
    CHECK(counts[3] == BackfillCounts{.missing = 3, .present = 3, .derived = {}});
    CHECK(counts[4] == counts[1]);
}

TEST_CASE("the sum of tallies is the tally of all") {
    const std::array backfills{open_bills};
    Tally all(backfills, {});
    Tally first(backfills, {});
    Tally second(backfills, {});
    for (std::size_t i = 0; i < emails.size(); ++i) {
        add(all, emails[i]);
        add(i % 2 == 0 ? first : second, emails[i]);
    }
    first += second;
    CHECK(first.counts(0) == all.counts(0));
}

TEST_CASE("the members of a population are told, and those that lack the field") {
    Membership population(open_bills);
    const auto is_missing = [&](const std::string& line) {
        LineParser parser;
        return population.is_missing(parser.parse(simdjson::padded_string(line)).get_object().value());
    };
    CHECK(is_missing(emails[1]) == true);
    CHECK(is_missing(emails[3]) == false);
    CHECK_FALSE(is_missing(emails[6]).has_value());
    CHECK(is_missing(emails[0]) == true);
}

TEST_CASE("many backfills at once count what each counts alone, whatever the documents are") {
    for (unsigned seed = 0; seed < 40; ++seed) {
        CAPTURE(seed);
        RandomLines random(seed);
        const auto backfills = random.backfills(30);
        std::vector<std::string> lines;
        while (lines.size() < 60)
            lines.push_back(random.line());
        const auto together = count(backfills, lines);
        for (std::size_t i = 0; i < backfills.size(); ++i) {
            BackfillCounts naive;
            for (const std::string& line : lines) {
                LineParser parser;
                naive_add(naive, backfills[i], parser.parse(simdjson::padded_string(line)).get_object().value());
            }
            CAPTURE(i);
            CAPTURE(backfills[i].field);
            CHECK(together[i] == naive);
            CHECK(together[i] == count({backfills[i]}, lines).front());
        }
    }
}
