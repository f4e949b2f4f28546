#include "cli/command_line.hpp"
#include "support.hpp"

#include <cli/backfill.hpp>
#include <cli/configuration/configuration.hpp>

#include <doctest/doctest.h>

using namespace cli;

namespace {

const Options known = common_options() + backfill_options() + store_options() + Options{&options::listen};

Configuration parsed(const std::string& text) {
    auto out = parse_configuration(text, "f.yaml", configurable_names(known));
    if (!out)
        FAIL(health::one_line(out.error(), test::sentence));
    return *std::move(out);
}

std::string error(const std::string& text) {
    const auto out = parse_configuration(text, "f.yaml", configurable_names(known));
    return out ? "" : health::one_line(out.error(), test::sentence);
}

/// A backfill with what it needs, and these lines.
std::string backfill_with(const std::string& lines) {
    return "backfills:\n- name: a\n  index: b\n  field: c\n" + lines;
}

Settings settings_of(const std::string& text, const std::vector<std::string>& words = {},
                     test::Variables variables = {}) {
    Settings out = test::settings(words, std::move(variables));
    out.use(std::make_shared<const Configuration>(parsed(text)));
    return out;
}

} // namespace

TEST_CASE("an empty file says nothing") {
    for (const std::string text : {"", "# nothing\n", "---\n", "settings:\n"}) {
        CAPTURE(text);
        CHECK(parsed(text).settings.empty());
        CHECK(!parsed(text).backfills);
    }
}

TEST_CASE("a backfill of the file") {
    const auto out = parsed(R"(backfills:
  - name: invoices
    index: "invoices-*"
    population: {status: [open, paid], customer.country: NO, year: 2025, open: true}
    query: {range: {created: {gte: now-30d, boost: +1.50}}}
    field: due_date
    derived: [paid_at, reminded_at]
    arrival: created
    max-missing: 0
    min-coverage: 0.95
    rules: [due_date >= created]
)");
    REQUIRE(out.backfills);
    const health::Backfill& backfill = out.backfills->front().backfill;
    CHECK(backfill.name == "invoices");
    CHECK(backfill.index == "invoices-*");
    CHECK(describe_population(backfill) == "status: open or paid, customer.country: NO, year: 2025, open: true, "
                                           R"({"range":{"created":{"gte":"now-30d","boost":1.50}}})");
    CHECK(backfill.derived == std::vector<std::string>{"paid_at", "reminded_at"});
    CHECK(backfill.arrival == "created");
    CHECK(backfill.thresholds == health::Thresholds{.max_missing = 0, .min_coverage = 0.95});
    CHECK(backfill.rules.front().text == "due_date >= created");
    CHECK(out.backfills->front().query_line == 5);
}

TEST_CASE("the default backfill keeps its shape and its brackets, and nothing else has them") {
    auto settings = settings_of("backfills:\n- {name: bills, index: a, field: dates, derived: [expires_at]}\n"
                                "- {name: bills2, index: a, field: dates, derived: [expires_at]}\n");
    for (const auto& read : {read_backfills(settings), read_named_backfills(settings)}) {
        CHECK(read.at(0).shape == health::DocumentShape::flat);
        CHECK(read.at(0).field_label == "dates[]");
        CHECK(read.at(1).shape == health::DocumentShape::nested);
        CHECK(read.at(1).field_label == "dates");
    }
}

TEST_CASE("an error names file, line and the nearest key") {
    CHECK(error("setings: {}\n") == "f.yaml:1: unknown key setings; did you mean settings?");
    CHECK(error("settings:\n  timout: 3s\n") == "f.yaml:2: unknown key timout; did you mean timeout?");
    CHECK(error("settings:\n  index: a\n").starts_with("f.yaml:2: unknown key index"));
    CHECK(error("settings:\n  api-key: secret\n") == "f.yaml:2: unknown key api-key; did you mean api-key-file?");
    CHECK(error("settings:\n  timeout: [3s]\n") == "f.yaml:2: timeout must be one value, but is a list");
    CHECK(error("settings: {es-url: 'https://joe:secret@host'}\n").starts_with("f.yaml:1: es-url must not have"));
    CHECK(error("backfills:\n- name: a\n  index: b\n").starts_with("f.yaml:2: field is missing"));
    CHECK(error(backfill_with("  derivd: [x]\n")) == "f.yaml:5: unknown key derivd; did you mean derived?");
    CHECK(error(backfill_with("  field: d\n")) == "f.yaml:5: field is given twice; the first one is on line 4");
    CHECK(error(backfill_with("  derived: d\n")) == "f.yaml:5: derived must be a list, but is text");
    CHECK(error(backfill_with("  derived: [d, d]\n")) == "f.yaml:5: d is given twice in derived");
    CHECK(error(backfill_with("  derived: [c]\n")).starts_with("f.yaml:5: field and derived are both c"));
    CHECK(error(backfill_with("  max-missing: -1\n")) == "f.yaml:5: max-missing must be a whole number, 0 or more");
    CHECK(error(backfill_with("  min-coverage: 95\n"))
              .starts_with("f.yaml:5: min-coverage must be a number from 0 to 1"));
    CHECK(error(backfill_with("  population: [a]\n")) == "f.yaml:5: population must be a mapping, but is a list");
    CHECK(error(backfill_with("  population: {a: []}\n")) == "f.yaml:5: population: a must have a value");
    CHECK(error(backfill_with("  arrival: 3\n")) ==
          "f.yaml:5: arrival must be text, but is a number; write it in quotes: \"3\"");
    CHECK(error(backfill_with("- name: a\n  index: x\n  field: y\n")) ==
          "f.yaml:5: a second backfill is named a; the first one is on line 2");
    CHECK(error("backfills: []\n").starts_with("f.yaml:1: backfills is empty"));
}

TEST_CASE("what YAML allows and a configuration does not need is refused") {
    CHECK(error("a: &x 1\nb: *x\n").starts_with("f.yaml:1: anchors are not supported"));
    CHECK(error("settings: !!map {}\n").find("tags are not supported") != std::string::npos);
    CHECK(error("settings: {}\n---\nsettings: {}\n").starts_with("f.yaml:3: a second document begins"));
    CHECK(error("backfills:\n\t- name: a\n").starts_with("f.yaml:2: not valid YAML: "));
    CHECK(error(std::string("settings: {}\n\0", 14)).starts_with("f.yaml:2: the file contains a NUL byte"));
    CHECK(error("settings: {timeout: \xFF}\n").starts_with("f.yaml:1: the file is not UTF-8"));
    CHECK(error("? [a]\n: b\n").starts_with("f.yaml:1: a key must be text"));
}

TEST_CASE("a query is what a reader of JSON takes") {
    CHECK(error(backfill_with("  query: {a: 1e400}\n")) == "f.yaml:5: 1e400 is too large for a number");
    CHECK(error(backfill_with("  query: {a: " + std::string(40, '[') + std::string(40, ']') + "}\n"))
              .starts_with("f.yaml:5: query is nested more than 32 levels deep"));
}

TEST_CASE("a path is not an index") {
    CHECK(error("backfills:\n- {name: a, index: 'b,../c', field: d}\n") == "f.yaml:2: index is not a name: ../c");
}

TEST_CASE("a byte-order mark and other line ends do no harm") {
    CHECK(parsed("\xEF\xBB\xBFsettings:\r\n  timeout: 3s\r\n").settings.at("timeout").line == 2);
}

TEST_CASE("a flag beats a variable beats the file beats the default") {
    const std::string file = "settings: {timeout: 3s, es-url: 'http://a:9200'}\n";
    CHECK(settings_of(file).setting(options::timeout).value == "3s");
    CHECK(settings_of(file).setting(options::timeout).source == Source{Source::Kind::file, "f.yaml:1"});
    CHECK(settings_of(file, {}, {{"ES_TIMEOUT", "4s"}}).setting(options::timeout).value == "4s");
    CHECK(settings_of(file, {"--timeout=5s"}, {{"ES_TIMEOUT", "4s"}}).setting(options::timeout).value == "5s");
    Settings wrong = settings_of("settings: {timeout: soon}\n");
    wrong.duration(options::timeout);
    CHECK(test::error_of(wrong).starts_with("f.yaml:1: timeout: \"soon\" is not a duration"));
}

TEST_CASE("backfills by name, in the order of the file") {
    const std::string file = "backfills:\n- {name: a, index: i, field: f}\n- {name: b, index: i, field: f}\n";
    Settings settings = settings_of(file);
    CHECK(read_backfills(settings).size() == 2);
    const auto both = read_backfills(settings, {"b", "a", "b"});
    REQUIRE(both.size() == 2);
    CHECK(both.front().name == "a");
    CHECK(!settings.failed());
    read_backfills(settings, {"c"});
    CHECK(test::error_of(settings) == "no backfill is named c; did you mean a?");
}

TEST_CASE("the file and a flag do not both define what is measured") {
    const std::string file = "settings: {}\nbackfills:\n- {name: a, index: i, field: f}\n";
    Settings flag = settings_of(file, {"--index=x"});
    read_backfills(flag);
    CHECK(test::error_of(flag) == "--index and the backfills in f.yaml:2 both define what is measured; keep one of "
                                  "them; --config= reads no file");
    Settings variable = settings_of(file, {}, {{"BACKFILL_FIELD", "x"}});
    read_backfills(variable);
    CHECK(test::error_of(variable).starts_with("BACKFILL_FIELD and the backfills in f.yaml:2 both"));
}

TEST_CASE("what cannot be measured is refused where it is asked for") {
    const std::string file =
        "settings: {es-url: 'file:x'}\nbackfills:\n- {name: a, index: i, field: f, query: {match_all: {}}}\n"
        "- {name: c, index: i, field: f}\n";
    Settings settings = settings_of(file);
    CHECK(read_backfills(settings, {"c"}).size() == 1);
    CHECK(!settings.failed());
    read_backfills(settings, {"a"});
    CHECK(test::error_of(settings).starts_with("f.yaml:3: query: works on Elasticsearch only"));
}
