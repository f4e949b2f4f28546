#include "answers.hpp"
#include "support.hpp"

#include <elasticsearch/doctor/live_path.hpp>
#include <elasticsearch/doctor/processors.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>
#include <fmt/format.h>

using namespace health;
using namespace health::elasticsearch;
namespace json = boost::json;
using test::object;

namespace {

/// What the pipeline p does to a field.
Effect effect(std::string_view processors, std::string_view field = "dates") {
    return effect_of(object(fmt::format(R"({{"p":{{"processors":[{}]}}}})", processors)), "p", field);
}

const std::vector<PipelineUse> one_use{{.pipeline = "p", .index = "emails"}};

Findings check(std::string_view pipelines, const std::vector<PipelineUse>& uses = one_use) {
    return check_pipelines(uses, object(pipelines), test::bills());
}

} // namespace

TEST_CASE("a processor that sets the field") {
    CHECK(effect(R"({"set":{"field":"dates","value":"x"}})").sets);
    CHECK(effect(R"({"rename":{"field":"days","target_field":"dates"}})").sets);
    CHECK(effect(R"({"split":{"field":"days","separator":",","target_field":"dates"}})").sets);
    CHECK(effect(R"({"set":{"field":"dates.first","value":"x"}})").sets);
    CHECK(effect(R"({"set":{"field":"dates","value":"x"}})", "dates.first").sets);
    CHECK(effect(R"({"date":{"field":"t","formats":[]}})", "@timestamp").sets);
    CHECK_FALSE(effect(R"({"date":{"field":"dates","formats":[]}})").sets);
    CHECK_FALSE(effect(R"({"split":{"field":"dates","separator":",","target_field":"days"}})").sets);
    CHECK_FALSE(effect(R"({"set":{"field":"dates_of","value":"x"}})").sets);
}

TEST_CASE("a processor that sets the field of some documents") {
    const auto perhaps = [](std::string_view processors) {
        const Effect found = effect(processors);
        return found.sets_perhaps && !found.sets && found.opaque.empty();
    };
    CHECK(perhaps(R"({"set":{"field":"dates","value":"x","if":"ctx.a != null"}})"));
    CHECK(perhaps(R"({"set":{"field":"dates","value":"x","ignore_empty_value":true}})"));
    CHECK(perhaps(R"({"rename":{"field":"days","target_field":"dates","ignore_missing":true}})"));
    CHECK(perhaps(R"({"lowercase":{"field":"a","on_failure":[{"set":{"field":"dates","value":"x"}}]}})"));
    CHECK(perhaps(R"({"grok":{"field":"m","patterns":["%{WORD:a} %{WORD:dates}"]}})"));
    CHECK(perhaps(R"({"dissect":{"field":"m","pattern":"%{a} %{+dates}"}})"));
    CHECK(perhaps(R"({"dissect":{"field":"m","pattern":"%{dates_of} %{dates}"}})"));
    CHECK(perhaps(R"({"csv":{"field":"m","target_fields":["a","dates"]}})"));
    CHECK(perhaps(R"({"foreach":{"field":"a","processor":{"append":{"field":"dates","value":"x"}}}})"));
    CHECK_FALSE(effect(R"({"grok":{"field":"m","patterns":["%{WORD:dates_of}"]}})").sets_perhaps);
}

TEST_CASE("what a processor does cannot always be seen") {
    const auto opaque = [](std::string_view processors) { return !effect(processors).opaque.empty(); };
    CHECK(opaque(R"({"script":{"source":"ctx.dates = 1"}})"));
    CHECK(opaque(R"({"of_a_plugin":{}})"));
    CHECK(opaque(R"({"set":{"field":"{{name}}","value":"x"}})"));
    CHECK(opaque(R"({"pipeline":{"name":"{{name}}"}})"));
    CHECK(opaque(R"({"json":{"field":"m","add_to_root":true}})"));
    CHECK(opaque(R"({"kv":{"field":"m","field_split":" ","value_split":"="}})"));
    CHECK(opaque(R"({"foreach":{"field":"a","processor":{"script":{"source":"x"}}}})"));
    CHECK_FALSE(opaque(R"({"drop":{"if":"ctx.a == 1"}})"));
}

TEST_CASE("the last processor counts") {
    const std::string set = R"({"set":{"field":"dates","value":"x"}})";
    const std::string remove = R"({"remove":{"field":["a","dates"]}})";
    CHECK(effect(remove).removes);
    CHECK(effect(R"({"rename":{"field":"dates","target_field":"days"}})").removes);
    CHECK(effect(R"({"rename":{"field":"meta","target_field":"about"}})", "meta.dates").removes);
    CHECK(effect(set + "," + remove).removes);
    CHECK_FALSE(effect(set + "," + remove).sets);
    CHECK(effect(remove + "," + set).sets);
    CHECK_FALSE(effect(remove + "," + set).removes);
    CHECK(effect(R"({"remove":{"field":"dates","if":"true"}})").removes_perhaps);
    CHECK(effect(R"({"remove":{"field":"dates"}})", "dates.first").removes);
    CHECK_FALSE(effect(R"({"remove":{"field":"dates.first"}})").removes);
}

TEST_CASE("pipelines that call pipelines") {
    const json::object both = object(R"({"p":{"processors":[{"pipeline":{"name":"q"}}]},
        "q":{"processors":[{"set":{"field":"dates","value":"x"}},{"pipeline":{"name":"p"}}]}})");
    CHECK(effect_of(both, "p", "dates").sets);
    CHECK(called_pipelines(both).empty());
    CHECK(called_pipelines(object(R"({"p":{"processors":[{"foreach":{"processor":{"pipeline":{"name":"q"}}}},
        {"set":{"on_failure":[{"pipeline":{"name":"r"}}]}},{"pipeline":{"name":"{{s}}"}}]}})")) ==
          std::set<std::string>{"q", "r"});
    std::string many = R"({"pipeline":{"name":"p"}})";
    for (int i = 0; i < 5; ++i)
        many += "," + many;
    CHECK(effect(many).opaque == std::set<std::string>{"pipeline"}); // without going all the ways
    const auto found = check(R"({"p":{"processors":[{"pipeline":{"name":"gone"}}]}})");
    REQUIRE(found.size() == 2);
    CHECK(found[0].severity == Severity::warning);
    CHECK(found[0].message == "the default pipeline p of emails calls gone, which does not exist");
    CHECK(check(R"({"p":{"processors":[{"pipeline":{"name":"gone","ignore_missing_pipeline":true}}]}})").size() == 1);
}

TEST_CASE("findings about pipelines") {
    const auto only = [](const Findings& found) {
        REQUIRE(found.size() == 1);
        return found.front();
    };
    CHECK(only(check("{}", {})).message == "the settings of gmail_emails_v2 name no ingest pipeline");

    const Finding gone = only(check("{}"));
    CHECK(gone.severity == Severity::problem);
    CHECK(gone.message == "the default pipeline p of emails does not exist: new documents are refused");

    const Finding next = only(check("{}", {{.pipeline = "p", .index = "emails-2", .is_final = true, .is_next = true}}));
    CHECK(next.severity == Severity::warning);
    CHECK(next.message == "the final pipeline p of the next index emails-2 does not exist: its documents are refused");

    const Finding sets = only(check(R"({"p":{"processors":[{"set":{"field":"dates","value":"x"}}]}})"));
    CHECK(sets.severity == Severity::ok);
    CHECK(sets.message == "the default pipeline p of emails sets dates, does not set expires_at");

    const Finding script = only(check(R"({"p":{"processors":[{"script":{}}]}})"));
    CHECK(script.severity == Severity::warning);
    CHECK(script.message == "not checked: whether the default pipeline p of emails sets dates or expires_at cannot be "
                            "seen: it has script processors");

    const Findings removes = check(R"({"p":{"processors":[{"remove":{"field":"dates"}}]}})");
    CHECK(removes.front().severity == Severity::warning);
    CHECK(removes.front().message == "the default pipeline p of emails removes dates from new documents");

    CHECK(only(check(R"({"p":{}})", {{.pipeline = "p", .index = "a"}, {.pipeline = "p", .index = "b"}})).message ==
          "the default pipeline p of a and 1 more does not set dates or expires_at");
}

TEST_CASE("pipelines that may not be read are not fine") {
    const Findings found = unseen_pipelines(one_use, test::error(ErrorKind::unauthorized));
    REQUIRE(found.size() == 1);
    CHECK(found.front().severity == Severity::warning);
    CHECK(found.front().message == "not checked: needs the cluster privilege read_pipeline; what the default pipeline "
                                   "p of emails does cannot be seen");
}

TEST_CASE("pipelines of the indices that take new documents") {
    const auto named = [](std::string_view indices) {
        std::string out;
        for (const PipelineUse& use : pipelines_of(object(indices)))
            out += fmt::format("{}{}:{} ", use.is_final ? "final " : "", use.index, use.pipeline);
        return out;
    };
    CHECK(named(R"({"a":{"settings":{"index.default_pipeline":"p","index.final_pipeline":"f"}},
                    "b":{"settings":{"index.default_pipeline":"_none"}}})") == "a:p final a:f ");
    CHECK(named(R"({".ds-l-000001":{"data_stream":"l","settings":{"index.default_pipeline":"old",
                        "index.creation_date":"1"}},
                    ".ds-l-000002":{"data_stream":"l","settings":{"index.default_pipeline":"p",
                        "index.creation_date":"2"}}})") == ".ds-l-000002:p ");
    CHECK(named(R"({"a-1":{"aliases":{"a":{"is_write_index":false}},"settings":{"index.default_pipeline":"old"}},
                    "a-2":{"aliases":{"a":{"is_write_index":true}},"settings":{"index.default_pipeline":"p"}}})") ==
          "a-2:p ");
}

TEST_CASE("a pipeline of today that the next index does not have") {
    const NextIndex next{.name = "a-000002", .after = "a-000001"};
    const auto found = check_next_pipelines(next, {"dates", "expires_at"}, {"dates"});
    REQUIRE(found.size() == 1);
    CHECK(found.front().severity == Severity::warning);
    CHECK(found.front().message ==
          "an ingest pipeline sets expires_at in a-000001, and none does in the next index a-000002");
    const json::object script = object(R"({"p":{"processors":[{"script":{}}]}})");
    CHECK(set_fields(one_use, script, test::bills(), false).empty());
    CHECK(set_fields(one_use, script, test::bills(), true).size() == 2);
}
