#include "support.hpp"

#include <ndjson/line_parser.hpp>
#include <ndjson/profile.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace health;
using namespace health::ndjson;

namespace {

const Backfill bills{.name = "bills",
                     .index = "mail",
                     .population = {{"category", {"bills"}}},
                     .field = "dates",
                     .derived = {"value"},
                     .field_label = "dates"};

const Timestamp now = *parse_rfc3339("2025-10-10T14:22:31Z");

void add(ProfileTally& tally, const std::string& line) {
    LineParser parser;
    tally.add(parser.parse(simdjson::padded_string(line)).get_object().value());
}

/// A document that counts, with this value.
std::string bill(const std::string& value) {
    return fmt::format(R"({{"category":"bills","dates":[1],"value":{}}})", value);
}

FieldProfile profile(const std::vector<std::string>& values) {
    ProfileTally tally(bills, now);
    for (const std::string& value : values)
        add(tally, bill(value));
    return tally.finish().at(1);
}

FieldProfile unknown(std::uint64_t documents, const std::string& why) {
    return {.field = "value", .documents = documents, .unknown = why};
}

MostCommon common(ProfileValue value, std::uint64_t documents) {
    return {.value = std::move(value), .documents = documents};
}

} // namespace

TEST_CASE("dates in ISO 8601, also with milliseconds since 1970 beside them") {
    const auto found = profile({R"("2025-10-10")", "1760054400000", R"("2025-10-10T02:00:00+02:00")", R"("2035-10-10")",
                                R"("2035-10-11T00:00:00.5Z")", "1760054400", R"(["1970-05-05","1970-05-06"])"});
    CHECK(found == FieldProfile{.field = "value",
                                .type = ValueType::date,
                                .documents = 7,
                                .min = "1970-01-21T08:54:14.400Z",
                                .max = "2035-10-11T00:00:00.500Z",
                                .most_common = common("2025-10-10T00:00:00Z", 3),
                                .in_1970 = 2,
                                .after_ten_years = 1});
}

TEST_CASE("beside dates, a number of four digits is a year") {
    const auto found = profile({R"("2025-10-10")", "1999", "999", "10000"});
    CHECK(found.type == ValueType::date);
    CHECK(found.min == ProfileValue("1970-01-01T00:00:00.999Z"));
    CHECK(found.in_1970 == 2);
    CHECK(profile({R"("2025-01-01")", "2025"}).most_common == common("2025-01-01T00:00:00Z", 2));
}

TEST_CASE("numbers are exact, and not dates by themselves") {
    const auto found =
        profile({"9007199254740993", "9007199254740992", "18446744073709551615", "-1", "5", "5.0", "2.5"});
    CHECK(found == FieldProfile{.field = "value",
                                .type = ValueType::number,
                                .documents = 7,
                                .min = -1L,
                                .max = 18446744073709551615UL,
                                .most_common = common(5L, 2)});
    CHECK(profile({"1760054400000"}).type == ValueType::number);
}

TEST_CASE("texts are compared by their bytes") {
    const auto found = profile({R"("b")", R"("")", R"("ü")", R"("b")", R"("2025")"});
    CHECK(found == FieldProfile{.field = "value",
                                .type = ValueType::keyword,
                                .documents = 5,
                                .min = "",
                                .max = "ü",
                                .most_common = common("b", 2)});
    CHECK(profile({R"("2025-10-10")", R"("soon")"}).type == ValueType::keyword);
    CHECK(profile({R"("2025")"}).type == ValueType::keyword);
}

TEST_CASE("booleans") {
    const auto found = profile({"true", "false", "true"});
    CHECK(found.type == ValueType::boolean);
    CHECK(found.min == ProfileValue(false));
    CHECK(found.max == ProfileValue(true));
    CHECK(found.most_common == common(true, 2));
}

TEST_CASE("what is mixed, or an object, is not profiled") {
    CHECK(profile({"1", R"("a")"}) == unknown(2, "some of its values are text and others are not"));
    CHECK(profile({"1", "true"}).type == std::nullopt);
    CHECK(profile({R"("2025-10-10")", "1.5"}).type == std::nullopt);
    CHECK(profile({R"("2025-10-10")", "true"}).type == std::nullopt);
    CHECK(profile({R"({"inside":1})"}) == unknown(1, "it is an object"));
    CHECK(profile({"null", "[]", "{}"}) == unknown(0, ""));
}

TEST_CASE("a document counts once for each of its values, and a tie is of the least") {
    CHECK(profile({"[7,7,[7]]", "[7,8]", "8"}).most_common == common(7L, 2));
    CHECK(profile({R"("b")", R"("a")"}).most_common == common("a", 1));
    CHECK(profile({R"(["2025-10-10",1760054400000])"}).most_common == common("2025-10-10T00:00:00Z", 1));
}

TEST_CASE("documents that are not of the population, or lack the field, do not count") {
    ProfileTally tally(bills, now);
    add(tally, bill("5"));
    add(tally, R"({"category":"offers","dates":[1],"value":9})");
    add(tally, R"({"category":"bills","value":9})");
    add(tally, R"({"value":9,"_source":{"category":"bills","dates":[2],"value":6}})");
    const Profile found = tally.finish();
    CHECK(found.at(0).max == ProfileValue(2L));
    CHECK(found.at(1).min == ProfileValue(5L));
    CHECK(found.at(1).max == ProfileValue(6L));
    CHECK(found.at(1).documents == 2);
}

TEST_CASE("tallies of several threads are added") {
    const std::vector<std::string> values{R"("2025-10-10")", "1760054400000", R"("2025-10-11")", "1760140800000", "5",
                                          R"("1999")",       "null"};
    ProfileTally sum(bills, now);
    for (const std::string& value : values) {
        ProfileTally one(bills, now);
        add(one, bill(value));
        sum += one;
    }
    CHECK(sum.finish().at(1) == profile(values));
    CHECK(sum.finish().at(1).most_common == common("2025-10-10T00:00:00Z", 2));
    ProfileTally text(bills, now);
    add(text, bill(R"("soon")"));
    sum += text;
    CHECK(sum.finish().at(1) == unknown(7, "some of its values are text and others are not"));
}

TEST_CASE("with too many values the most common one is not guessed") {
    ProfileTally tally(bills, now);
    ProfileTally other(bills, now);
    for (std::size_t i = 0; i < max_distinct_values; ++i)
        add(tally, bill(std::to_string(i)));
    add(other, bill("0"));
    tally += other;
    CHECK(tally.finish().at(1).most_common == common(0L, 2));
    add(tally, bill("-1"));
    const FieldProfile found = tally.finish().at(1);
    CHECK(!found.most_common);
    CHECK(found.unknown == "it has more than 100000 distinct values, or 64 MiB of them");
    CHECK(found.documents == max_distinct_values + 2);
    CHECK(found.min == ProfileValue(-1L));
    CHECK(found.max == ProfileValue(99999L));
}

TEST_CASE("long values do not fill the memory") {
    ProfileTally tally(bills, now);
    const std::string megabyte(std::size_t{1} << 20, 'x');
    for (int i = 0; i < 65; ++i)
        add(tally, bill(fmt::format("\"{}{}\"", i, megabyte)));
    CHECK(!tally.finish().at(1).most_common);
}
