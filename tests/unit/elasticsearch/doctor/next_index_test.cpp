#include "answers.hpp"
#include "support.hpp"

#include <base/text.hpp>
#include <elasticsearch/doctor/future_field.hpp>
#include <elasticsearch/doctor/live_path.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace health;
using namespace health::elasticsearch;
namespace json = boost::json;
using test::object;

namespace {

/// "after>next ", with a * for data streams; the indices have no other properties than these.
std::string next_of(std::string_view indices, const std::string& expression) {
    std::string out;
    for (const NextIndex& next : next_indices(object(indices), expression))
        out += fmt::format("{}>{}{} ", next.after, next.name, next.is_data_stream ? "*" : "");
    return out;
}

/// "mapped keyword", "dynamically text or long", "never with dynamic: false"
std::string future(std::string_view mappings, std::string_view field, bool parent_has_values = false) {
    const FutureField found = future_field(object(mappings), field, parent_has_values);
    using enum FutureField::Treatment;
    const std::string types = join(found.types, " ");
    return found.treatment == mapped               ? "mapped " + types
           : found.treatment == mapped_dynamically ? "dynamically " + types
                                                   : fmt::format("never {}{}", found.why, found.is_refused ? "!" : "");
}

Findings compare(std::string_view mappings, std::string_view fields, bool stream = false) {
    const IndexTemplate from{.content = {{"mappings", object(mappings)}}, .origin = "its index template"};
    Backfill backfill = test::bills();
    backfill.arrival = "@timestamp";
    return check_next_index({.name = "e-2", .after = "e-1", .is_data_stream = stream}, from,
                            {{"fields", object(fields)}}, backfill);
}

constexpr std::string_view keyword = R"({"dates":{"keyword":{}}})";

} // namespace

TEST_CASE("names of the next indices") {
    CHECK(next_of(R"({"emails":{}})", "emails").empty());
    CHECK(next_of(R"({"emails-000001":{}})", "emails-000001").empty());
    CHECK(next_of(R"({"e-000009":{},"e-000008":{}})", "e-*") == "e-000009>e-000010 ");
    CHECK(next_of(R"({"e-9":{},"e-10":{}})", "e-*") == "e-10>e-11 ");
    CHECK(next_of(R"({"e-2025.12":{},"e-2025.11":{}})", "e-*") == "e-2025.12>e-2026.01 ");
    CHECK(next_of(R"({"e-2025-02-28":{}})", "e-*") == "e-2025-02-28>e-2025-03-01 ");
    CHECK(next_of(R"({"e-2025.13":{}})", "e-*") == "e-2025.13>e-2025.14 "); // no month
    CHECK(next_of(R"({"e-2025":{}})", "e-*") == "e-2025>e-2026 ");
    CHECK(next_of(R"({"e-eu-1":{},"e-us-1":{}})", "e-*") == "e-eu-1>e-eu-2 e-us-1>e-us-2 ");
    CHECK(next_of(R"({"e-eu":{},"e-us":{"settings":{"index.creation_date":"7"}}})", "e-*") == "e-us>e-next ");
    CHECK(next_of(R"({"a-1":{},"b-1":{}})", "a-*,b-1,-c*") == "a-1>a-2 ");
}

TEST_CASE("names of the next indices of aliases and data streams") {
    constexpr std::string_view rolled = R"({"e-000001":{"aliases":{"e":{"is_write_index":false}}},
                                            "e-000002":{"aliases":{"e":{"is_write_index":true}}}})";
    CHECK(next_of(rolled, "e") == "e-000002>e-000003 ");
    CHECK(next_of(rolled, "e-*") == "e-000002>e-000003 ");
    CHECK(next_of(rolled, "e*") == "e-000002>e-000003 ");
    CHECK(next_of(R"({"e-9":{"aliases":{"e":{}}}})", "e") == "e-9>e-000010 "); // as the engine does
    CHECK(next_of(R"({"emails_v2":{"aliases":{"e":{}}}})", "e").empty());
    CHECK(next_of(R"({"e-1":{"aliases":{"e":{}}},"e-2":{"aliases":{"e":{}}}})", "e").empty()); // none to write to
    constexpr std::string_view stream = R"({".ds-l-000001":{"data_stream":"l","settings":{"index.creation_date":"1"}},
                                            ".ds-l-000002":{"data_stream":"l","settings":{"index.creation_date":"2"}}})";
    CHECK(next_of(stream, "l") == ".ds-l-000002>l* ");
    CHECK(next_of(stream, "*") == ".ds-l-000002>l* ");
    CHECK(next_of(stream, ".ds-l-000002").empty());
}

TEST_CASE("fields that a mapping has") {
    CHECK(future(R"({"properties":{"a":{"type":"date"}}})", "a") == "mapped date");
    CHECK(future(R"({"properties":{"a":{"properties":{"b":{"type":"date"}}}}})", "a.b") == "mapped date");
    CHECK(future(R"({"properties":{"a.b":{"type":"date"}}})", "a.b") == "mapped date");
    CHECK(future(R"({"properties":{"a":{"properties":{"b":{"type":"date"}}}}})", "a") == "mapped object");
    CHECK(future(R"({"properties":{"a":{"type":"text","fields":{"raw":{"type":"keyword"}}}}})", "a.raw", true) ==
          "mapped keyword");
    CHECK(future(R"({"properties":{"a":{"type":"flat_object"}}})", "a.b") == "mapped flattened");
    CHECK(future(R"({"properties":{"a":{"type":"alias","path":"b"},"b":{"type":"long"}}})", "a") == "mapped long");
    CHECK(future(R"({"dynamic":false,"runtime":{"a":{"type":"long"}}})", "a") == "mapped long");
    CHECK(future_field(object(R"({"properties":{"a":{"type":"nested","properties":{"b":{"type":"date"}}}}})"), "a.b",
                       false)
              .is_nested);
    const auto unseen = [](std::string_view field) {
        return future_field(object(fmt::format(R"({{"properties":{{"a":{}}}}})", field)), "a", false).is_unseen;
    };
    CHECK(unseen(R"({"type":"date","index":false,"doc_values":false})"));
    CHECK(unseen(R"({"type":"text","index":false})"));
    CHECK_FALSE(unseen(R"({"type":"date","index":false})"));
}

TEST_CASE("fields that a mapping will never get") {
    CHECK(future(R"({"dynamic":false})", "a") == "never with dynamic: false");
    CHECK(future(R"({"dynamic":"STRICT"})", "a") == "never with dynamic: strict!");
    CHECK(future(R"({"dynamic":true,"properties":{"a":{"dynamic":"false"}}})", "a.b") == "never with dynamic: false");
    CHECK(future(R"({"dynamic":false,"properties":{"a":{"dynamic":true}}})", "a.b").starts_with("dynamically"));
    CHECK(future(R"({"properties":{"a":{"enabled":false}}})", "a.b") == "never with enabled: false");
    CHECK(future(R"({"properties":{"a":{"enabled":false}}})", "a") == "never with enabled: false");
    CHECK(future(R"({"properties":{"a":{"type":"long"}}})", "a.b") == "never the parent field is long!");
    CHECK(future(R"({"properties":{"a":{"type":"text"}}})", "a.raw", true) == "never without that subfield");
    CHECK(future(R"({"dynamic":"false_allow_templates"})", "a") == "never with dynamic: false_allow_templates");
}

TEST_CASE("fields that the first document maps") {
    CHECK(future("{}", "a") == "dynamically boolean date float long object text");
    CHECK(future(R"({"date_detection":false})", "a") == "dynamically boolean float long object text");
    CHECK(future(R"({"dynamic":"runtime"})", "a") == "dynamically boolean date double keyword long object");
    CHECK(future("{}", "a.keyword", true) == "dynamically keyword");
    CHECK(future("{}", "a.raw", true) == "never without that subfield");
    const auto by_template = [](std::string_view rules, std::string_view field, std::string_view dynamic = "true") {
        return future(fmt::format(R"({{"dynamic":"{}","dynamic_templates":[{}]}})", dynamic, rules), field);
    };
    constexpr std::string_view by_name = R"({"t":{"match":["a*","b*"],"mapping":{"type":"keyword"}}})";
    CHECK(by_template(by_name, "x.about") == "dynamically keyword");
    CHECK(by_template(by_name, "about", "strict_allow_templates") == "dynamically keyword");
    CHECK(by_template(by_name, "other", "strict_allow_templates") == "never with dynamic: strict_allow_templates!");
    constexpr std::string_view strings = R"({"s":{"match_mapping_type":"string","mapping":{"type":"keyword"}}})";
    CHECK(by_template(strings, "a") == "dynamically boolean date float keyword long object");
    CHECK(by_template(R"({"p":{"path_match":"a.*","path_unmatch":"*.c","mapping":{"type":"ip"}}})", "a.b") ==
          "dynamically ip");
    CHECK(by_template(R"({"p":{"path_match":"a.*","path_unmatch":"*.c","mapping":{"type":"ip"}}})", "a.c") ==
          future("{}", "a.c"));
    CHECK(by_template(R"({"r":{"match_pattern":"regex","match":"^a$","mapping":{"type":"ip"}}})", "a") ==
          "dynamically boolean date float ip long object text");
    CHECK(by_template(R"({"d":{"match":"a","mapping":{"type":"{dynamic_type}"}}})", "a") == future("{}", "a"));
}

TEST_CASE("what the next index maps otherwise") {
    const auto only = [](const Findings& found) {
        REQUIRE(found.size() == 1);
        return fmt::format("{}: {}", to_string(found.front().severity), found.front().message);
    };
    CHECK(only(compare(R"({"dynamic":"false"})", keyword)) ==
          "warning: dates is keyword in e-1, and the next index e-2 will not map it (its index template, with dynamic: "
          "false): its documents count as missing it");
    CHECK(only(compare(R"({"dynamic":"strict"})", keyword)) ==
          "warning: dates is keyword in e-1, and the next index e-2 will not map it (its index template, with dynamic: "
          "strict): documents with it are refused");
    CHECK(only(compare(R"({"properties":{"dates":{"type":"text"}}})", keyword)) ==
          "warning: dates is keyword in e-1, and will be text in the next index e-2 (its index template)");
    CHECK(only(compare(R"({"properties":{"dates":{"type":"wildcard"}}})", keyword)) ==
          "ok: the next index e-2 will map dates as e-1 does (its index template)");
    CHECK(only(compare("{}", keyword)) ==
          "warning: dates is keyword in e-1, and the next index e-2 will map it dynamically, from the first document "
          "that has it, as another type (its index template)");
    CHECK(
        only(compare("{}", R"({"expires_at":{"date":{}}})")) ==
        "ok: the next index e-2 will map expires_at (date today) dynamically, from the first document that has it (its "
        "index template)");
    CHECK(only(compare(R"({"properties":{"dates":{"type":"keyword","index":false,"doc_values":false}}})", keyword))
              .starts_with("warning: dates is keyword in e-1, and will have neither index nor doc_values"));
    CHECK(only(compare(R"({"properties":{"dates":{"type":"nested"}}})", R"({"dates":{"object":{}}})"))
              .starts_with("warning: dates is object in e-1, and will be in a nested object"));
    CHECK(only(compare("{}", "{}")) == "ok: e-1 maps none of the fields, so the next index e-2 cannot lose any");
}

TEST_CASE("the newest index counts, and the arrival field as well") {
    constexpr std::string_view as_text = R"({"dynamic":false,"properties":{"dates":{"type":"text"}}})";
    constexpr std::string_view mixed = R"({"dates":{"keyword":{"indices":["e-0"]},"text":{"indices":["e-1"]}}})";
    CHECK(compare(as_text, mixed).front().severity == Severity::ok);
    CHECK(compare(R"({"dynamic":false})", R"({"dates":{"keyword":{"indices":["e-0"]},"unmapped":{"indices":["e-1"]}}})")
              .front()
              .severity == Severity::warning);
    constexpr std::string_view arrival = R"({"@timestamp":{"date":{}}})";
    CHECK(compare(R"({"dynamic":false})", arrival).front().severity == Severity::warning);
    CHECK(compare(R"({"dynamic":false})", arrival, true).front().severity == Severity::ok); // the engine maps it
}

TEST_CASE("an index that was not asked is not fine") {
    const IndexTemplate any{.content = {}, .origin = "its index template"};
    const auto found = check_next_index({.name = "e-2", .after = "e-1"}, any,
                                        object(R"({"indices":["e-0"],"fields":{}})"), test::bills());
    REQUIRE(found.size() == 1);
    CHECK(found.front().severity == Severity::warning);
    CHECK(found.front().message == "not checked: no shard of e-1 answers, so what it maps today is not known");
}

TEST_CASE("a template of either kind") {
    CHECK(composable_template(object(R"({"template":{"mappings":{}},"overlapping":[]})")).exists);
    CHECK_FALSE(composable_template({}).exists);
    const json::object legacy = object(R"({
        "late":{"order":2,"index_patterns":["e-*"],"mappings":{"properties":{"a":{"properties":{"c":{"type":"ip"}}}}},
                "settings":{"index":{"default_pipeline":"p"}}},
        "early":{"order":1,"index_patterns":["*"],"mappings":{"dynamic":"false","properties":
                {"a":{"properties":{"b":{"type":"date"},"c":{"type":"long"}}}}}},
        "other":{"order":9,"index_patterns":["x-*"],"mappings":{"dynamic":"strict"}}})");
    const IndexTemplate found = legacy_template(legacy, "e-2");
    CHECK(found.origin == "the legacy templates early, late");
    const json::object& mappings = found.content.at("mappings").get_object();
    CHECK(future_field(mappings, "a.b", false).types.contains("date"));
    CHECK(future_field(mappings, "a.c", false).types.contains("ip"));
    CHECK(future_field(mappings, "z", false).why == "with dynamic: false");
    const auto uses = pipelines_of(found, {.name = "e-2", .after = "e-1"});
    REQUIRE(uses.size() == 1);
    CHECK(uses.front().pipeline == "p");
    CHECK_FALSE(legacy_template(object(R"({"x":{"index_patterns":["x"]}})"), "e-2").exists);
}

TEST_CASE("a data stream may have mappings and settings of its own") {
    const IndexTemplate plain =
        composable_template(object(R"({"template":{"mappings":{"dynamic":"false"},"settings":{}}})"));
    const IndexTemplate same = with_overrides(plain, object(R"({"name":"logs","template":"t","mappings":{}})"));
    CHECK(same.origin == "its index template");
    const IndexTemplate own = with_overrides(plain, object(R"({"settings":{"index":{"default_pipeline":"p"}},
        "mappings":{"_doc":{"properties":{"dates":{"type":"keyword"}}}}})"));
    CHECK(own.origin == "its index template and the data stream's own");
    CHECK(future_field(own.content.at("mappings").get_object(), "dates", false).types.contains("keyword"));
    CHECK(pipelines_of(own, {.name = "logs", .after = ".ds-logs-000001"}).size() == 1);
    CHECK_FALSE(with_overrides(composable_template({}), object(R"({"mappings":{"dynamic":false}})")).exists);
}

TEST_CASE("a data stream without a template cannot go on") {
    const IndexTemplate none = composable_template({});
    const auto found = check_next_index({.name = "logs", .after = ".ds-logs-000001", .is_data_stream = true}, none,
                                        {{"fields", object(keyword)}}, test::bills());
    REQUIRE(found.size() == 1);
    CHECK(found.front().severity == Severity::warning);
    CHECK(found.front().message == "no index template matches the data stream logs: it cannot roll over");
}
