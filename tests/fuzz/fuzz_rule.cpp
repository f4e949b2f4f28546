// Rules, as users write them.
#include "properties.hpp"

#include <model/rules/broken_values.hpp>
#include <model/rules/parser.hpp>

#include <variant>

namespace {

void is_normalised_once(std::string_view text) {
    const auto rule = health::parse_rule(text);
    if (!rule) {
        test::must(rule.error().kind == health::ErrorKind::usage);
        test::must_be_tellable(rule.error());
        return;
    }
    test::must(test::must_succeed(health::parse_rule(rule->text)) == *rule);
}

void has_a_field_and_a_meaning(std::string_view text) {
    const auto rule = health::parse_rule(text);
    if (!rule)
        return;
    const auto fields = health::fields_of(*rule);
    test::must(fields.size() == 1 || fields.size() == 2);
    test::must(test::must_succeed(health::parse_rule(text, fields)) == *rule);
    const std::string none_of_them = fields.front() + fields.back() + "?";
    test::must(!health::parse_rule(text, {none_of_them}));
    if (const auto* values = std::get_if<health::ValueCondition>(&rule->condition)) {
        const health::Instant now(std::chrono::milliseconds(1760106151000));
        test::must(!values->values.empty() && fields.size() == 1);
        for (const health::BrokenValues& broken : health::broken_values(*values, now))
            test::must(!broken.some.empty());
    }
}

} // namespace

void fuzz(std::string_view input) {
    is_normalised_once(input);
    has_a_field_and_a_meaning(input);
}
