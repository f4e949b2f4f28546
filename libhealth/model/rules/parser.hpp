#pragma once

#include <base/error.hpp>
#include <model/rules/rule.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace health {

/// Reads a rule:
///
///     rule    = operand op operand | field "in" "[" value {"," value} "]"
///     op      = "<" | "<=" | ">" | ">=" | "==" | "!="
///     operand = field | "max(" field ")" | "min(" field ")" | value
///     value   = number | date (2025-10-10, 2025-10-10T14:22:31Z) | now | now-30d | "text" | true | false
///
/// A field has letters, digits, `_`, `.`, `@` and `-`; others are written in backquotes. An error is `usage`; it quotes
/// the rule and names the column, in characters from 1.
Result<Rule> parse_rule(std::string_view text);

/// The same for a rule that must name at least one of these fields.
Result<Rule> parse_rule(std::string_view text, const std::vector<std::string>& fields);

} // namespace health
