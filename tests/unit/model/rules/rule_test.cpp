#include <model/rules/broken_values.hpp>
#include <model/rules/parser.hpp>

#include <doctest/doctest.h>

#include <string>
#include <string_view>

using namespace health;

namespace {

Rule rule(std::string_view text) {
    const auto parsed = parse_rule(text);
    REQUIRE_MESSAGE(parsed.has_value(), std::string(text));
    return *parsed;
}

ValueCondition values(std::string_view text) {
    return std::get<ValueCondition>(rule(text).condition);
}

Literal literal(std::string_view text) {
    return values("f == " + std::string(text)).values.front();
}

Instant instant(std::string_view text) {
    return *parse_iso_date(text);
}

std::string problem(std::string_view text) {
    const auto parsed = parse_rule(text);
    REQUIRE_FALSE_MESSAGE(parsed.has_value(), std::string(text));
    CHECK(parsed.error().kind == ErrorKind::usage);
    return parsed.error().message;
}

} // namespace

TEST_CASE("a rule is named by its tokens, with single spaces between them, and none within parentheses and brackets") {
    CHECK(rule("due_date>=created").text == "due_date >= created");
    CHECK(rule("  due_date \t<   now+2y ").text == "due_date < now+2y");
    CHECK(rule("max ( dates )<=  min( `a b` )").text == "max(dates) <= min(`a b`)");
    CHECK(rule("state in [ \"open\" ,\"paid\" ]").text == "state in [\"open\",\"paid\"]");
    CHECK(rule("amount != 1.50").text == "amount != 1.50");
}

TEST_CASE("a field has letters, digits and some signs, and any others in backquotes") {
    CHECK(fields_of(rule("@meta.due-date_1 > 0")) == std::vector<std::string>{"@meta.due-date_1"});
    CHECK(fields_of(rule("fällig > 0")) == std::vector<std::string>{"fällig"});
    CHECK(fields_of(rule("`now` > `due date`")) == std::vector<std::string>{"now", "due date"});
    CHECK(fields_of(rule("`in` in [1]")) == std::vector<std::string>{"in"});
    CHECK(fields_of(rule("max(a) == min(a)")) == std::vector<std::string>{"a"});
    CHECK(fields_of(rule("nowhere > `2025`")) == std::vector<std::string>{"nowhere", "2025"});
}

TEST_CASE("the kind of a literal follows from how it is written") {
    CHECK(literal("-12") == Literal(ExactNumber(-12)));
    CHECK(literal("0.5e1") == Literal(ExactNumber(5)));
    CHECK(literal("9007199254740993") == Literal(ExactNumber(9007199254740993)));
    CHECK(literal("18446744073709551615") == Literal(ExactNumber(18446744073709551615U)));
    CHECK(literal("2025-10-10") == Literal(instant("2025-10-10T00:00:00Z")));
    CHECK(literal("2025-10-10T14:22:31.5+02:00") == Literal(instant("2025-10-10T12:22:31.500Z")));
    CHECK(literal("now") == Literal(RelativeTime{}));
    CHECK(literal("now-30d") == Literal(RelativeTime{.count = -30, .unit = 'd'}));
    CHECK(literal("now+2y") == Literal(RelativeTime{.count = 2, .unit = 'y'}));
    CHECK(literal(R"("say \"é\"")") == Literal(std::string("say \"é\"")));
    CHECK(literal("true") == Literal(true));
}

TEST_CASE("numbers among dates are dates") {
    CHECK(kind_of(values("f in [1,2]")) == ValueKind::number);
    CHECK(kind_of(values("f in [1760106151000,2025-10-10,now]")) == ValueKind::date);
    CHECK(kind_of(values("f in [\"a\"]")) == ValueKind::text);
    CHECK(kind_of(values("f == false")) == ValueKind::boolean);
}

TEST_CASE("a value on the left is one on the right of the mirrored comparison") {
    CHECK(values("2025-10-10 <= f") == values("f >= 2025-10-10"));
    CHECK(values("5 > max(f)") == values("max(f) < 5"));
    CHECK(values("5 == f") == values("f == 5"));
    CHECK(rule("5 == f").text == "5 == f");
}

TEST_CASE("two fields are compared as they are written") {
    const auto condition = std::get<FieldCondition>(rule("max(dates) < expires_at").condition);
    CHECK(condition.left == RuleField{.name = "dates", .selection = Selection::greatest});
    CHECK(condition.comparison == Comparison::less);
    CHECK(condition.right == RuleField{.name = "expires_at"});
}

TEST_CASE("an error quotes the rule and names the column in characters") {
    CHECK(problem("due_date >=") == "rule \"due_date >=\", column 12: a field or a value is missing");
    CHECK(problem("fällig => 5") == "rule \"fällig => 5\", column 8: a comparison is missing");
    CHECK(problem("a < 5 6") == "rule \"a < 5 6\", column 7: the rule should end here");
    CHECK(problem("a < 2025-13-01").ends_with("column 5: 2025-13-01 is not a date"));
    CHECK(problem("a < 12x").ends_with("column 5: 12x is not a number"));
    CHECK(problem("a < 1e999").ends_with("column 5: 1e999 is not a number"));
    CHECK(problem("a < now-3x").ends_with("column 5: now-3x is not a time"));
    CHECK(problem("a < now-1001y").ends_with("column 5: now-1001y is more than 1000 years away"));
    CHECK(problem("a < now-2147483648s").ends_with("column 5: the number in now-2147483648s is too large"));
    CHECK(parse_rule("a < now-2147483647s").has_value());
    CHECK(problem("a < now-99999999999999999999d").ends_with("is not a time"));
    CHECK(problem("a in [1,\"x\"]").ends_with("column 9: \"x\" is not of the same type as the others"));
    CHECK(problem("a in []").ends_with("column 7: a value is missing"));
    CHECK(problem("a in [1").ends_with("column 8: ] is missing"));
    CHECK(problem("a in [b]").ends_with("column 7: a value is missing"));
    CHECK(problem("max(a) in [1]").ends_with("column 1: \"in\" must follow a field"));
    CHECK(problem("1 < 2").ends_with("column 1: two values are compared"));
    CHECK(problem("a = 1").ends_with("column 3: a comparison is missing"));
    CHECK(problem(std::string(998, 'a') + " < 1").ends_with("\": it is longer than 1000 bytes"));
    CHECK(problem(std::string(998, 'a') + "<1")
              .ends_with("\": it is longer than 1000 bytes with spaces between its parts"));
    CHECK(problem("a == \"x").ends_with("column 6: the closing quotation mark is missing"));
    CHECK(problem("a == \"\\x\"").ends_with("column 6: the text is not valid"));
    CHECK(problem("`a == 1").ends_with("column 1: the closing backquote is missing"));
    CHECK(problem("`` == 1").ends_with("column 1: the field's name is empty"));
    CHECK(problem("a b == 1").ends_with("column 3: a comparison is missing"));
    CHECK(problem("a$ == 1").ends_with("column 2: $ is unexpected in a rule"));
    CHECK(problem("a == é$").ends_with("column 7: $ is unexpected in a rule"));
    CHECK(problem("").ends_with("column 1: a field or a value is missing"));
    CHECK(problem("max(5) < 1").ends_with("column 5: 5 is not a field"));
    CHECK(problem("in in [1]").ends_with("column 1: in is not a field"));
}

TEST_CASE("a relative time counts by the calendar, as the engines do") {
    const Instant now = instant("2024-03-31T10:20:30.5Z");
    const auto at = [&](int count, char unit) { return to_rfc3339(resolve({.count = count, .unit = unit}, now)); };
    CHECK(at(-1, 'M') == "2024-02-29T10:20:30.500Z");
    CHECK(at(-13, 'M') == "2023-02-28T10:20:30.500Z");
    CHECK(at(2, 'y') == "2026-03-31T10:20:30.500Z");
    CHECK(at(-1, 'w') == "2024-03-24T10:20:30.500Z");
    CHECK(at(1, 'd') == "2024-04-01T10:20:30.500Z");
    CHECK(at(-11, 'h') == "2024-03-30T23:20:30.500Z");
    CHECK(at(90, 'm') == "2024-03-31T11:50:30.500Z");
    CHECK(at(-31, 's') == "2024-03-31T10:19:59.500Z");
}

namespace {

/// Whether a document with these values breaks the rule, by its ranges.
bool is_broken(std::string_view text, const std::vector<int>& document) {
    const auto is_in = [](int value, const ValueRange& range) {
        const auto number = [](const Bound& bound) { return std::get<ExactNumber>(bound.value); };
        return (!range.lower || value > number(*range.lower) ||
                (range.lower->inclusive && value == number(*range.lower))) &&
               (!range.upper || value < number(*range.upper) ||
                (range.upper->inclusive && value == number(*range.upper)));
    };
    const auto has_any = [&](const std::vector<ValueRange>& ranges) {
        for (const int value : document)
            for (const ValueRange& range : ranges)
                if (is_in(value, range))
                    return true;
        return false;
    };
    for (const BrokenValues& broken : broken_values(values(text), Instant()))
        if (has_any(broken.some) && !has_any(broken.none))
            return true;
    return false;
}

/// The same by what the rule says.
bool breaks(std::string_view text, std::vector<int> document) {
    const ValueCondition condition = values(text);
    if (document.empty())
        return false;
    if (condition.field.selection == Selection::greatest)
        document = {*std::ranges::max_element(document)};
    if (condition.field.selection == Selection::smallest)
        document = {*std::ranges::min_element(document)};
    return !std::ranges::all_of(document, [&](int value) {
        return std::ranges::any_of(condition.values, [&](const Literal& literal) {
            return holds(condition.comparison, ExactNumber(value) <=> std::get<ExactNumber>(literal));
        });
    });
}

} // namespace

TEST_CASE("the ranges of a rule mean the documents that break it") {
    const std::vector<std::vector<int>> documents{{},     {1},    {2},    {3},       {4},       {1, 2},
                                                  {1, 3}, {2, 3}, {2, 2}, {1, 2, 3}, {0, 2, 4}, {3, 5}};
    for (const std::string comparison : {"<", "<=", ">", ">=", "==", "!="})
        for (const std::string field : {"f", "max(f)", "min(f)"})
            for (const auto& document : documents) {
                const std::string text = field + " " + comparison + " 2";
                CAPTURE(text);
                CAPTURE(document.size());
                CHECK(is_broken(text, document) == breaks(text, document));
            }
    for (const std::string text : {"f in [2]", "f in [3,1]", "f in [1,2,2,4]"})
        for (const auto& document : documents) {
            CAPTURE(text);
            CHECK(is_broken(text, document) == breaks(text, document));
        }
}
