#pragma once

#include <model/rules/rule.hpp>

#include <optional>
#include <vector>

/// The documents that break a rule, without its comparisons: as ranges that one of a field's values is in, or none is.
/// An engine counts these from its index, without a script.
namespace health {

struct Bound {
    Literal value;
    bool inclusive = false;

    bool operator==(const Bound&) const = default;
};

/// Without a bound it is unlimited there.
struct ValueRange {
    std::optional<Bound> lower{};
    std::optional<Bound> upper{};

    bool operator==(const ValueRange&) const = default;
};

/// Matches a document that has a value in one of the ranges of `some`, and no value in any of `none`.
struct BrokenValues {
    std::vector<ValueRange> some;
    std::vector<ValueRange> none{};

    bool operator==(const BrokenValues&) const = default;
};

/// A document breaks the rule if at least one of these matches it. `now` sorts the values of the rule.
std::vector<BrokenValues> broken_values(const ValueCondition& condition, Instant now);

} // namespace health
