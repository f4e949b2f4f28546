#include <ndjson/rule_check.hpp>

#include <algorithm>
#include <span>

namespace health::ndjson {

namespace {

template <class T>
T value_of(const Literal& literal, ValueKind kind, Instant now);

template <>
ExactNumber value_of(const Literal& literal, ValueKind kind, Instant now) {
    return kind == ValueKind::boolean ? static_cast<ExactNumber>(std::get<bool>(literal))
                                      : to_milliseconds(literal, now);
}

template <>
std::string value_of(const Literal& literal, ValueKind /*kind*/, Instant /*now*/) {
    return std::get<std::string>(literal);
}

template <class T>
std::optional<T> read(const Value& value, ValueKind kind) {
    if constexpr (std::same_as<T, std::string>)
        return value.text();
    else
        return value.as(kind);
}

/// All values, or the one that is meant; none when they cannot be compared.
std::span<const Value> selected(std::span<const Value> values, Selection which) {
    if (which == Selection::every)
        return values;
    const Value* found = values.data();
    for (const Value& value : values) {
        const auto order = value.compare(*found);
        if (order == std::partial_ordering::unordered)
            return {};
        if (which == Selection::greatest ? order > 0 : order < 0)
            found = &value;
    }
    return {found, 1};
}

} // namespace

template <class T>
std::vector<RuleCheck::Broken<T>> RuleCheck::compile(const ValueCondition& condition, Instant now) {
    const ValueKind kind = kind_of(condition);
    const auto ranges = [&](const std::vector<ValueRange>& from) {
        std::vector<Range<T>> out;
        for (const auto& [lower, upper] : from) {
            Range<T> range{.includes_lower = lower && lower->inclusive, .includes_upper = upper && upper->inclusive};
            if (lower)
                range.lower = value_of<T>(lower->value, kind, now);
            if (upper)
                range.upper = value_of<T>(upper->value, kind, now);
            out.push_back(std::move(range));
        }
        return out;
    };
    std::vector<Broken<T>> out;
    for (const BrokenValues& broken : broken_values(condition, now))
        out.push_back({.some = ranges(broken.some), .none = ranges(broken.none)});
    return out;
}

RuleCheck::RuleCheck(const Rule& rule, Instant now, FieldTrie& paths)
    : check_([&]() -> Check {
          if (const auto* fields = std::get_if<FieldCondition>(&rule.condition))
              return AgainstField{
                  .left = paths.add(fields->left.name), .right = paths.add(fields->right.name), .condition = *fields};
          const auto& values = std::get<ValueCondition>(rule.condition);
          const auto path = paths.add(values.field.name);
          const bool only_different =
              values.comparison == Comparison::not_equal && values.field.selection == Selection::every;
          const ValueKind kind = kind_of(values);
          if (kind == ValueKind::text)
              return AgainstValues<std::string>{.path = path,
                                                .kind = kind,
                                                .incomparable_breaks = !only_different,
                                                .broken = compile<std::string>(values, now)};
          return AgainstValues<ExactNumber>{.path = path,
                                            .kind = kind,
                                            .incomparable_breaks = !only_different,
                                            .broken = compile<ExactNumber>(values, now)};
      }()) {}

RuleCheck RuleCheck::later_than(const std::string& arrival_field, Instant since, FieldTrie& paths) {
    const ValueCondition not_later{
        .field = {.name = arrival_field}, .comparison = Comparison::less_or_equal, .values = {since}};
    // A value that is not a date says nothing about when a document came in.
    return RuleCheck(AgainstValues<ExactNumber>{.path = paths.add(arrival_field),
                                                .kind = ValueKind::date,
                                                .incomparable_breaks = false,
                                                .broken = compile<ExactNumber>(not_later, {})});
}

bool RuleCheck::breaks(const DocumentValues& document) const {
    return std::visit([&](const auto& check) { return check.breaks(document); }, check_);
}

template <class T>
bool RuleCheck::AgainstValues<T>::breaks(const DocumentValues& document) const {
    const auto values = document.at(path);
    const auto any_in = [&](const std::vector<Range<T>>& ranges) {
        return std::ranges::any_of(values, [&](const Value& value) {
            const auto comparable = read<T>(value, kind);
            return comparable &&
                   std::ranges::any_of(ranges, [&](const auto& range) { return range.contains(*comparable); });
        });
    };
    if (incomparable_breaks && std::ranges::any_of(values, [&](const Value& value) { return !read<T>(value, kind); }))
        return true;
    return std::ranges::any_of(broken, [&](const Broken<T>& each) { return any_in(each.some) && !any_in(each.none); });
}

bool RuleCheck::AgainstField::breaks(const DocumentValues& document) const {
    const auto all_left = document.at(left);
    const auto all_right = document.at(right);
    if (all_left.empty() || all_right.empty())
        return false;
    const auto left_values = selected(all_left, condition.left.selection);
    const auto right_values = selected(all_right, condition.right.selection);
    if (left_values.empty() || right_values.empty())
        return true;
    return !std::ranges::all_of(left_values, [&](const Value& a) {
        return std::ranges::all_of(right_values,
                                   [&](const Value& b) { return holds(condition.comparison, a.compare(b)); });
    });
}

} // namespace health::ndjson
