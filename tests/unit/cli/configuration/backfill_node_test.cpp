#include <cli/configuration/backfill_node.hpp>

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

using namespace cli;
using Names = std::vector<std::string>;

namespace {

/// An entry with what it needs in the lines 1 to 3, and these lines.
std::string entry_with(const std::string& lines) {
    return "name: a\nindex: b\nfield: c\n" + lines;
}

health::Backfill backfill(const std::string& text) {
    return read_backfill_node(yaml::parse(text)).backfill;
}

/// "LINE: MESSAGE; HINT".
std::string problem(const std::string& text) {
    try {
        read_backfill_node(yaml::parse(text));
    } catch (const yaml::Problem& found) {
        return std::to_string(found.line) + ": " + found.message + (found.hint.empty() ? "" : "; " + found.hint);
    }
    return "none";
}

} // namespace

TEST_CASE("a backfill needs three keys, and nothing follows from the others") {
    const auto read = backfill("{name: a, index: b, field: c}");
    CHECK(read == health::Backfill{
                      .name = "a", .index = "b", .population = {}, .field = "c", .derived = {}, .field_label = {}});
    for (const std::string missing : {"name", "index", "field"}) {
        std::string rest = "x: 1";
        for (const std::string key : {"name", "index", "field"})
            if (key != missing)
                rest += ", " + key + ": b"; // of an entry that is wrong elsewhere, the first mistake is told
        CHECK(problem("{" + rest + "}").starts_with("1: unknown key x; use one of name, index, "));
        CHECK(problem("{" + rest.substr(6) + "}") ==
              "1: " + missing + " is missing; a backfill needs name, index and field");
    }
    CHECK(problem("{}").starts_with("1: name is missing"));
}

TEST_CASE("an entry is a mapping") {
    CHECK(problem("[]") == "1: an entry of backfills must be a mapping, but is a list");
    CHECK(problem("~") == "1: an entry of backfills must be a mapping, but is empty");
    CHECK(problem("bills") == "1: an entry of backfills must be a mapping, but is text");
}

TEST_CASE("what is text, and what only looks like it") {
    for (const auto& [written, why] : {std::pair{"", "must be text, but is empty"},
                                       {"''", "must not be empty"},
                                       {"007", "must be text, but is a number; write it in quotes: \"007\""},
                                       {"true", "must be text, but is true or false; write it in quotes: \"true\""},
                                       {"[c]", "must be text, but is a list"},
                                       {"{c: d}", "must be text, but is a mapping"},
                                       {R"("c\td")", "must not have control characters"},
                                       {R"("c\x1b[31m")", "must not have control characters"},
                                       {"|\n  c\n  d\n", "must not have control characters"}}) {
        CAPTURE(written);
        CHECK(problem(entry_with(std::string("arrival: ") + written)) == std::string("4: arrival ") + why);
    }
    CHECK(backfill(entry_with("arrival: \"007\"")).arrival == "007");
    CHECK(backfill("{name: größe 2, index: b, field: NO}").field == "NO");
}

TEST_CASE("blanks around the names of indices are dropped, and none leads elsewhere") {
    CHECK(backfill("{name: a, index: ' b-* , c,-b-1 ', field: d}").index == "b-*,c,-b-1");
    for (const std::string index : {"..", ".", "b,..", "b/../c", "./b", "b/."}) {
        CAPTURE(index);
        CHECK(problem("name: a\nindex: '" + index + "'\nfield: c").starts_with("2: index is not a name: "));
    }
    CHECK(problem("{name: a, index: ',', field: c}") == "1: index is missing; a backfill needs name, index and field");
    CHECK(backfill("{name: a, index: '...,.b,b..c', field: d}").index == "...,.b,b..c");
}

TEST_CASE("a value of the population is a scalar, as it was written") {
    const auto read = backfill(entry_with("population:\n  a: 1.50\n  b: [true, NO, '', 0x1F]\n  c.d: \"7\"\n"));
    CHECK(read.population == std::vector<health::Term>{{.field = "a", .values = {"1.50"}},
                                                       {.field = "b", .values = {"true", "NO", "", "0x1F"}},
                                                       {.field = "c.d", .values = {"7"}}});
    CHECK(backfill(entry_with("population: {}")).population.empty());
    for (const auto& [written, why] : {std::pair{"{a: }", "a must be a value or a list of values"},
                                       {"{a: {b: c}}", "a must be a value or a list of values"},
                                       {"{a: [b, ~]}", "a must be a value or a list of values"},
                                       {"{a: [[b]]}", "a must be a value or a list of values"},
                                       {"{a: []}", "a must have a value"},
                                       {"{'': b}", "a field's name must not be empty"}}) {
        CAPTURE(written);
        CHECK(problem(entry_with(std::string("population: ") + written)) == std::string("4: population: ") + why);
    }
    CHECK(problem(entry_with("population: a")) == "4: population must be a mapping, but is text");
    CHECK(problem(entry_with("population:\n  a:\n  - b\n  - ~\n")).starts_with("7: population: a must be"));
}

TEST_CASE("a query is kept as JSON, with the line of its key") {
    const auto read = read_backfill_node(yaml::parse(entry_with("query:\n  range: {created: {gte: now-30d}}\n")));
    CHECK(read.backfill.query == R"({"range":{"created":{"gte":"now-30d"}}})");
    CHECK(read.query_line == 4);
    CHECK(read.line == 1);
    CHECK_FALSE(read_backfill_node(yaml::parse(entry_with(""))).query_line);
    CHECK(problem(entry_with("query: '{\"match_all\":{}}'")) == "4: query must be a mapping, but is text");
    CHECK(problem(entry_with("query: []")) == "4: query must be a mapping, but is a list");
}

TEST_CASE("a name is there once, and field and derived are different fields") {
    CHECK(backfill(entry_with("derived: [d, e]")).derived == Names{"d", "e"});
    CHECK(backfill(entry_with("derived: []")).derived.empty());
    CHECK(problem(entry_with("derived:\n- d\n- e\n- d\n")) == "7: d is given twice in derived");
    CHECK(problem(entry_with("derived:\n- d\n- c\n")).starts_with("6: field and derived are both c; "));
    CHECK(problem("derived: [c]\nname: a\nindex: b\nfield: c").starts_with("1: field and derived are both c; "));
    CHECK(problem(entry_with("derived: [d, 1]")).starts_with("4: an entry of derived must be text, but is a number"));
    CHECK(problem(entry_with("derived: [d, '']")) == "4: an entry of derived must not be empty");
    const std::string name(5000, 'x');
    CHECK(problem(entry_with("derived: [" + name + "," + name + "]")).size() < 200);
}

TEST_CASE("thresholds are numbers in their range") {
    const auto read = backfill(entry_with("max-missing: 18446744073709551615\nmin-coverage: +0.5\n"));
    CHECK(read.thresholds.max_missing == 18446744073709551615U);
    CHECK(read.thresholds.min_coverage == 0.5);
    CHECK(backfill(entry_with("min-coverage: 1")).thresholds.min_coverage == 1);
    CHECK(backfill(entry_with("min-coverage: 0")).thresholds.min_coverage == 0);
    for (const std::string written : {"-1", "1.0", "1e3", "\"3\"", "", "many", "[3]", "18446744073709551616", "true"}) {
        CAPTURE(written);
        CHECK(problem(entry_with("max-missing: " + written)) == "4: max-missing must be a whole number, 0 or more");
    }
    for (const std::string written : {"-0.1", "1.000001", "95", ".nan", ".inf", "\"0.5\"", "", "95 %", "[1]"}) {
        CAPTURE(written);
        CHECK(problem(entry_with("min-coverage: " + written)) ==
              "4: min-coverage must be a number from 0 to 1; 95 % is 0.95");
    }
}

TEST_CASE("rules are read when the fields are known, and each is there once") {
    const auto read = backfill("rules: [c >= d, 'max(c) < now+2y']\n" + entry_with("derived: [d]\n"));
    REQUIRE(read.rules.size() == 2);
    CHECK(read.rules.front().text == "c >= d");
    CHECK(problem(entry_with("rules:\n- c > d\n- c >\n")).starts_with("6: "));
    CHECK(problem(entry_with("rules:\n- c > d\n- c > d\n")) == "6: c > d is given twice in rules");
    // Also when they are not written in the same way.
    CHECK(problem(entry_with("rules:\n- c > d\n- c  >  d\n")) == "6: the rule c > d is given twice");
    CHECK(problem(entry_with("rules: c > d")) == "4: rules must be a list, but is text");
}

TEST_CASE("a key that is not known is compared with those that are") {
    CHECK(problem(entry_with("populaton: {}")) == "4: unknown key populaton; did you mean population?");
    CHECK(problem(entry_with("Field: x")) == "4: unknown key Field; did you mean field?");
    CHECK(problem(entry_with("xyzzy: 1")).ends_with("min-coverage, rules"));
    const std::string far(5000, 'x');
    CHECK(problem(entry_with(far + ": 1")).size() < 300);
    CHECK(problem(entry_with("\"a\\x1b[31m\": 1")).find('\x1b') == std::string::npos);
}
