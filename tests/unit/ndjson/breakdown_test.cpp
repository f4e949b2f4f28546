#include "ndjson/support.hpp"

#include <ndjson/breakdown.hpp>
#include <ndjson/line_parser.hpp>
#include <store/checks.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

using namespace health;
using namespace health::ndjson;
using namespace health::tests;
using Groups = std::vector<Group>;

namespace {

const Backfill bills{.name = "bills",
                     .index = "mail",
                     .population = {{"category", {"bills"}}},
                     .field = "dates",
                     .derived = {},
                     .field_label = "dates"};
const Grouping by_sender{.field = "from.name", .interval = std::nullopt};
const Grouping by_month{.field = "received", .interval = Interval::month};

BreakdownTally tally(const std::vector<std::string>& lines, const Grouping& grouping = by_sender) {
    BreakdownTally out(bills, grouping);
    LineParser parser;
    for (const std::string& line : lines)
        out.add(parser.parse(simdjson::padded_string(line)).get_object().value());
    return out;
}

/// Of bills without a date that have these members, too.
Breakdown of_bills(const std::vector<std::string>& members, const Grouping& grouping = by_sender) {
    std::vector<std::string> lines;
    for (const std::string& member : members)
        lines.push_back(R"({"category":"bills",)" + member + "}");
    return value_of(tally(lines, grouping).finish());
}

/// Of which none has the field.
Group all_missing(std::optional<std::string> value, std::uint64_t documents) {
    return {.value = std::move(value), .missing = documents, .documents = documents};
}

} // namespace

TEST_CASE("only documents of the population count, with and without the field") {
    const auto found = value_of(
        tally({R"({"category":"bills","from":{"name":"a"}})", R"({"category":"bills","from":{"name":"a"},"dates":[1]})",
               R"({"category":"bills","from":{"name":"a"},"dates":[null]})",
               R"({"category":"offers","from":{"name":"a"}})", R"({"from":{"name":"b"}})"})
            .finish());
    CHECK(found.groups == Groups{{.value = "a", .missing = 2, .documents = 3}});
    CHECK(found.unreadable == 0);
    CHECK(value_of(tally({}).finish()) == Breakdown{});
}

TEST_CASE("a document with several values is in several groups, once in each") {
    const auto found =
        of_bills({R"("from":{"name":["a","b","a"]})", R"("from":[{"name":"a"},{"name":["b"]}])", R"("from.name":"b")"});
    CHECK(found.groups == Groups{all_missing("b", 3), all_missing("a", 2)});
}

TEST_CASE("a value is any scalar, and a document without one is in the last group") {
    const auto found =
        of_bills({R"("from":{"name":7})", R"("from":{"name":true})", R"("from":{"name":""})", R"("from":{"name":null})",
                  R"("from":{"name":[]})", R"("from":{"name":{"x":1}})", R"("from":"name")", R"("to":1)"});
    CHECK(found.groups ==
          Groups{all_missing("", 1), all_missing("7", 1), all_missing("true", 1), all_missing(std::nullopt, 5)});
    CHECK(found.unreadable == 0);
}

TEST_CASE("times are grouped by the calendar, and what is no time is counted as unreadable") {
    const auto found = of_bills({R"("received":"2025-10-31T23:59:59Z")", R"("received":"2025-10-31T23:59:59-01:00")",
                                 R"("received":["2025-10-01","2025-10-02","2025-11-30"])",
                                 R"("received":1760054400000)", R"("received":"soon")", R"("received":["soon",true])",
                                 R"("received":["soon","2025-10-03"])", R"("received":null)"},
                                by_month);
    CHECK(found.groups == Groups{all_missing("2025-10", 4), all_missing("2025-11", 2), all_missing(std::nullopt, 3)});
    CHECK(found.unreadable == 2);
}

TEST_CASE("the parts of a file make the same numbers as the whole") {
    const std::vector<std::string> first{R"({"category":"bills","received":"2025-10"})",
                                         R"({"category":"bills","received":"soon","dates":[1]})"};
    const std::vector<std::string> second{R"({"category":"bills","received":"2025-10","dates":[1]})",
                                          R"({"category":"bills","received":"2025-09"})",
                                          R"({"category":"bills","received":"never"})"};
    std::vector<std::string> all = first;
    all.insert(all.end(), second.begin(), second.end());
    BreakdownTally sum = tally(first, by_month);
    sum += tally(second, by_month);
    sum += tally({}, by_month);
    CHECK(value_of(sum.finish()) == value_of(tally(all, by_month).finish()));
    CHECK(value_of(sum.finish()).unreadable == 2);
}

TEST_CASE("too many groups are an error, also when no part of the file has too many") {
    const auto of_groups = [](std::size_t from, std::size_t to) {
        std::vector<std::string> lines;
        for (std::size_t i = from; i < to; ++i)
            lines.push_back(R"({"category":"bills","from":{"name":)" + std::to_string(i) + "}}");
        return tally(lines);
    };
    BreakdownTally sum = of_groups(0, max_groups);
    CHECK(value_of(sum.finish()).groups.size() == max_groups);
    sum += of_groups(0, 2);
    CHECK(value_of(sum.finish()).groups.front() == all_missing("0", 2));
    sum += of_groups(max_groups, max_groups + 1);
    CHECK(error_of(sum.finish()).message == too_many_groups(by_sender).message);
    CHECK(error_of(of_groups(0, 2 * max_groups).finish()).message == too_many_groups(by_sender).message);
}
