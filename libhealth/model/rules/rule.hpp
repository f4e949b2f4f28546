#pragma once

#include <base/time.hpp>

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace health {

enum class Comparison { less, less_or_equal, greater, greater_or_equal, equal, not_equal };

/// Which of a field's values are compared.
enum class Selection { every, smallest, greatest };

struct RuleField {
    std::string name;
    Selection selection = Selection::every;

    bool operator==(const RuleField&) const = default;
};

/// `now`, or so much before or after it. The units are those of the engines' date math: s, m, h, d, w, M, y.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/common-options.html#date-math
struct RelativeTime {
    int count = 0;
    char unit = 's';

    auto operator<=>(const RelativeTime&) const = default;
};

/// Wide enough for each integer of 64 bits and for each double, so that numbers of both kinds compare exactly.
using ExactNumber = long double;

using Literal = std::variant<ExactNumber, Instant, RelativeTime, std::string, bool>;

/// How a value of a document is read before it is compared.
enum class ValueKind { number, date, text, boolean };

/// A field is compared with a value, or has to be one of several.
struct ValueCondition {
    RuleField field;
    Comparison comparison = Comparison::equal; ///< equal when there are several values
    std::vector<Literal> values;               ///< all of one kind, at least one

    bool operator==(const ValueCondition&) const = default;
};

struct FieldCondition {
    RuleField left;
    Comparison comparison = Comparison::equal;
    RuleField right;

    bool operator==(const FieldCondition&) const = default;
};

/// What must hold for every document of the population that has the fields it names.
struct Rule {
    std::string text; ///< its tokens, joined by single spaces: the name of the rule
    std::variant<ValueCondition, FieldCondition> condition;

    bool operator==(const Rule&) const = default;
};

/// The fields that it names, each once, in their order.
std::vector<std::string> fields_of(const Rule& rule);
std::vector<std::string> fields_of(const std::vector<Rule>& rules);

/// The kind of the values; numbers among dates are dates, in milliseconds since 1970.
ValueKind kind_of(const ValueCondition& condition);

/// The same comparison with the sides exchanged, and whether it holds for two values in this order.
Comparison mirrored(Comparison comparison);
bool holds(Comparison comparison, std::partial_ordering order);

/// In UTC; a day that the month does not have becomes its last one, as in the engines.
Instant resolve(const RelativeTime& time, Instant now);

/// The whole text as a number. None where it is not a number, or out of a double's range.
std::optional<ExactNumber> parse_exact_number(std::string_view text);

/// Milliseconds since 1970 of a date, a relative time, or a number that stands for one.
ExactNumber to_milliseconds(const Literal& literal, Instant now);

} // namespace health
