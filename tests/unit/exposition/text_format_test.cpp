#include <exposition/text_format.hpp>

#include <doctest/doctest.h>

using namespace health::exposition;

namespace {

Family documents() {
    return {.name = "backfill_documents",
            .help = "Documents of the population by the state of the field",
            .samples = {
                {.labels = {{"backfill", "invoices"}, {"index", "invoices-*"}, {"state", "missing"}}, .value = "3"},
                {.labels = {{"backfill", "invoices"}, {"index", "invoices-*"}, {"state", "present"}}, .value = "10"}}};
}

std::string serialize_one(const Family& family, Format format = Format::text) {
    return serialize({&family, 1}, format);
}

} // namespace

TEST_CASE("a family has one HELP and TYPE, however many series and labels") {
    const std::string expected =
        "# HELP backfill_documents Documents of the population by the state of the field\n"
        "# TYPE backfill_documents gauge\n"
        "backfill_documents{backfill=\"invoices\",index=\"invoices-*\",state=\"missing\"} 3\n"
        "backfill_documents{backfill=\"invoices\",index=\"invoices-*\",state=\"present\"} 10\n";
    CHECK(serialize_one(documents()) == expected);
    CHECK(serialize_one(documents(), Format::openmetrics) == expected);
}

TEST_CASE("a family without samples is left out") {
    CHECK(serialize_one({.name = "backfill_max_missing", .help = "The threshold"}).empty());
}

TEST_CASE("a counter has its suffix in the metadata of the older format alone") {
    const Family counter{
        .name = "runs", .help = "Runs", .type = Type::counter, .samples = {{.suffix = "_total", .value = "7"}}};
    CHECK(serialize_one(counter) == "# HELP runs_total Runs\n# TYPE runs_total counter\nruns_total 7\n");
    CHECK(serialize_one(counter, Format::openmetrics) == "# HELP runs Runs\n# TYPE runs counter\nruns_total 7\n");
}

TEST_CASE("a histogram has its series in one family") {
    const Family durations{.name = "took",
                           .help = "Time",
                           .type = Type::histogram,
                           .samples = {{.suffix = "_bucket", .labels = {{"le", "+Inf"}}, .value = "1"},
                                       {.suffix = "_sum", .value = "0.5"},
                                       {.suffix = "_count", .value = "1"}}};
    CHECK(serialize_one(durations) == "# HELP took Time\n# TYPE took histogram\n"
                                      "took_bucket{le=\"+Inf\"} 1\ntook_sum 0.5\ntook_count 1\n");
}

TEST_CASE("what would end a line or a label is escaped; quotes in a help text by OpenMetrics alone") {
    const Family family{.name = "a",
                        .help = "one \"two\"\nthree \\ four",
                        .samples = {{.labels = {{"rule", "\"x\" <\n\\y"}, {"empty", ""}}, .value = "1"}}};
    const std::string rest = "# TYPE a gauge\na{rule=\"\\\"x\\\" <\\n\\\\y\",empty=\"\"} 1\n";
    CHECK(serialize_one(family) == "# HELP a one \"two\"\\nthree \\\\ four\n" + rest);
    CHECK(serialize_one(family, Format::openmetrics) == "# HELP a one \\\"two\\\"\\nthree \\\\ four\n" + rest);
}

TEST_CASE("the value of a series is found again, under its name and labels alone") {
    const std::vector<Label> odd{{.name = "rule", .value = "\"x\" <\n\\y"}};
    const std::string text = serialize_one({.name = "a",
                                            .help = "",
                                            .samples = {{.value = "0.5"},
                                                        {.labels = odd, .value = "7"},
                                                        {.labels = {{"rule", "none"}}, .value = "many"}}});
    CHECK(find_value(text, "a") == 0.5);
    CHECK(find_value(text, "a", odd) == 7);
    CHECK(find_value(text, "a", std::vector<Label>{{.name = "rule", .value = "x"}}) == std::nullopt);
    CHECK(find_value(text, "a", std::vector<Label>{{.name = "rule", .value = "none"}}) == std::nullopt);
    CHECK(find_value(text, "TYPE a") == std::nullopt);
    CHECK(find_value("", "a") == std::nullopt);
}

TEST_CASE("only a page of OpenMetrics has an end") {
    CHECK(end_of_page(Format::text).empty());
    CHECK(end_of_page(Format::openmetrics) == "# EOF\n");
}
