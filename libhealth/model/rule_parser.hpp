#pragma once

#include <base/error.hpp>
#include <model/backfill.hpp>
#include <model/rule.hpp>

#include <string_view>

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

/// The same for a rule of this backfill: it must name the field or a derived field.
Result<Rule> parse_rule(std::string_view text, const Backfill& backfill);

} // namespace health
