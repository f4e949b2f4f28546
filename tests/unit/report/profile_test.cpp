#include "support.hpp"

#include <report/assessment.hpp>
#include <report/earlier_report.hpp>

#include <doctest/doctest.h>

#include <array>

using namespace health;

namespace {

FieldProfile dates() {
    return {.field = "dates",
            .type = ValueType::date,
            .documents = 10,
            .min = "1970-01-01T00:00:00Z",
            .max = "2025-10-10T00:00:00.500Z",
            .most_common = MostCommon{.value = "2025-10-09T00:00:00Z", .documents = 5},
            .in_1970 = 1,
            .after_ten_years = 0};
}

FieldProfile number(ProfileValue min, ProfileValue max) {
    return {.field = "expires_at",
            .type = ValueType::number,
            .documents = 8,
            .min = min,
            .max = std::move(max),
            .most_common = MostCommon{.value = min, .documents = 1, .at_least = true},
            .unknown = "it has so many values"};
}

FieldProfile text() {
    return {.field = "expires_at", .documents = 8, .unknown = "its type is text"};
}

Assessment assessment(FieldProfile second) {
    return {.now = test::snapshot(3, 10, 8), .profile = Profile{dates(), std::move(second)}};
}

std::string table(const Assessment& shown) {
    const std::string all = text_assessment(test::bills(), shown, Glyphs::ascii);
    return all.substr(all.find("\nValues"));
}

} // namespace

TEST_CASE("a profile as a table") {
    CHECK(table(assessment(number(-5L, 9007199254740993L))) == R"(
Values in bills with dates[]
              type  documents                   min                       max           most common      share  in 1970  > 10 years
dates         date         10  1970-01-01T00:00:00Z  2025-10-10T00:00:00.500Z  2025-10-09T00:00:00Z     50.0 %        1           0
expires_at  number          8                    -5          9007199254740993                    -5  >= 12.5 %        -           -
)");
}

TEST_CASE("what is not known is n/a, and what does not exist a dash") {
    const std::string unknown = table(assessment(text()));
    CHECK(unknown.find("\nexpires_at   n/a          8                   n/a  ") != std::string::npos);
    CHECK(unknown.ends_with("  n/a     n/a      n/a         n/a\n"));
    const std::string none = table(assessment({.field = "expires_at", .documents = 0, .unknown = "it is not mapped"}));
    CHECK(none.find("n/a") == std::string::npos);
}

TEST_CASE("without a date there are no columns for dates") {
    Assessment shown = assessment(number(1L, 2L));
    shown.profile->erase(shown.profile->begin());
    CHECK(table(shown).find("1970") == std::string::npos);
}

TEST_CASE("long values are cut, and none breaks the table") {
    FieldProfile keyword = number(std::string(100, 'x'), "a\nb\x1b[31m");
    keyword.type = ValueType::keyword;
    const std::string shown = table(assessment(keyword));
    CHECK(shown.find(std::string(41, 'x')) == std::string::npos);
    CHECK(shown.find('\x1b') == std::string::npos);
    CHECK(shown.find("a\nb") == std::string::npos);
}

TEST_CASE("a profile in JSON and Markdown") {
    CHECK(json_assessment(test::bills(), assessment(number(-5L, 9007199254740993L)))
              .ends_with(R"("verdict":"CHECK","profile":{"dates":{"type":"date","documents":10,)"
                         R"("min":"1970-01-01T00:00:00Z","max":"2025-10-10T00:00:00.500Z",)"
                         R"("most_common":{"value":"2025-10-09T00:00:00Z","documents":5},"in_1970":1,)"
                         R"("after_ten_years":0},"expires_at":{"type":"number","documents":8,"min":-5,)"
                         R"("max":9007199254740993,"most_common":{"value":-5,"documents":1,"at_least":true},)"
                         R"("unknown":"it has so many values"}}})"));
    CHECK(json_assessment(test::bills(), assessment(text()))
              .ends_with(R"("expires_at":{"type":null,"documents":8,"min":null,"max":null,"most_common":null,)"
                         R"("unknown":"its type is text"}}})"));
    const std::string markdown = markdown_assessment(test::bills(), assessment(text()));
    CHECK(markdown.find("\nValues in bills with dates\\[\\]\n\n| | type | documents |") != std::string::npos);
    CHECK(markdown.find("| expires\\_at | n/a | 8 | n/a |") != std::string::npos);
}

TEST_CASE("a profile in an earlier JSON report comes back, and stands below the new one") {
    for (const FieldProfile& second : {number(-5L, 18446744073709551615UL), number(0.1, 1e300), text()}) {
        const Assessment before = assessment(second);
        const std::array backfills{test::bills()};
        const auto found = parse_profiles(backfills, json_assessment(test::bills(), before) + "\n");
        REQUIRE(found.size() == 1);
        CHECK(found[0] == before.profile);
    }
    Assessment now = assessment(number(1L, 2L));
    now.compared = true;
    now.before = now.now;
    now.profile_before = Profile{number(0L, 9L)};
    const std::string shown = table(now);
    CHECK(shown.find("\nexpires_at  number          8                     1                         2") !=
          std::string::npos);
    CHECK(shown.find("\n  before    number          8                     0                         9") !=
          std::string::npos);
    CHECK(json_assessment(test::bills(), now)
              .find(R"("verdict":"CHECK","profile":{"expires_at":{"type":"number",)"
                    R"("documents":8,"min":0,)") != std::string::npos);
}

TEST_CASE("each backfill finds its own profile") {
    const std::array backfills{test::invoices(), test::bills()};
    Assessment invoices = assessment(text());
    invoices.profile->erase(invoices.profile->begin());
    const std::string reports = json_assessment(test::bills(), assessment(number(1L, 2L))) + "\n" +
                                json_assessment(test::invoices(), invoices) + "\n";
    const auto found = parse_profiles(backfills, reports);
    REQUIRE(found.size() == 2);
    CHECK(found[0] == invoices.profile);
    CHECK(found[1] == assessment(number(1L, 2L)).profile);
}

TEST_CASE("a report without a profile has none, and so has a text") {
    const std::array backfills{test::bills()};
    const Assessment plain{.now = test::snapshot(3, 10, 8)};
    CHECK(!parse_profiles(backfills, json_assessment(test::bills(), plain)).at(0));
    const std::string text = text_assessment(test::bills(), assessment(number(1L, 2L)), Glyphs::ascii);
    CHECK(!parse_profiles(backfills, text).at(0));
    CHECK(parse_report(test::bills(), text).has_value());
}

TEST_CASE("an earlier profile that somebody has edited shows no nonsense") {
    const std::array backfills{test::bills()};
    const auto read = [&](const std::string& profile) {
        return parse_profiles(backfills, R"({"missing_dates_count":1,"profile":)" + profile + "}").at(0);
    };
    CHECK(!read("5"));
    CHECK(read(R"({"dates":5})") == Profile{});
    CHECK(read(R"({"dates":{"documents":0,"most_common":{"value":1,"documents":1}}})") == Profile{});
    CHECK(read(R"({"dates":{"type":"date","documents":-1}})") == Profile{{.field = "dates", .type = ValueType::date}});
}
