#pragma once

#include <model/rules/broken_values.hpp>
#include <model/rules/rule.hpp>
#include <ndjson/field_trie.hpp>
#include <ndjson/values.hpp>

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace health::ndjson {

/// Recognises the documents that break a rule.
class RuleCheck {
public:
    /// Adds the fields that it needs to the paths.
    RuleCheck(const Rule& rule, Instant now, FieldTrie& paths);
    /// Recognises the documents that came in later than this.
    static RuleCheck later_than(const std::string& arrival_field, Instant since, FieldTrie& paths);

    /// Whether the document whose values these are has all fields of the rule, and breaks it. What cannot be compared
    /// as the rule asks does not obey it, unless it only has to be different.
    [[nodiscard]] bool breaks(const DocumentValues& document) const;

private:
    template <class T>
    struct Range {
        std::optional<T> lower{};
        std::optional<T> upper{};
        bool includes_lower = false;
        bool includes_upper = false;

        [[nodiscard]] bool contains(const T& value) const {
            return (!lower || *lower < value || (includes_lower && *lower == value)) &&
                   (!upper || value < *upper || (includes_upper && value == *upper));
        }
    };
    template <class T>
    struct Broken {
        std::vector<Range<T>> some;
        std::vector<Range<T>> none;
    };
    /// A field against values, which are texts or, of any other kind, numbers.
    template <class T>
    struct AgainstValues {
        FieldTrie::Path path;
        ValueKind kind;
        bool incomparable_breaks;
        std::vector<Broken<T>> broken;

        [[nodiscard]] bool breaks(const DocumentValues& document) const;
    };
    struct AgainstField {
        FieldTrie::Path left;
        FieldTrie::Path right;
        FieldCondition condition;

        [[nodiscard]] bool breaks(const DocumentValues& document) const;
    };

    using Check = std::variant<AgainstValues<ExactNumber>, AgainstValues<std::string>, AgainstField>;
    explicit RuleCheck(Check check) : check_(std::move(check)) {}

    template <class T>
    static std::vector<Broken<T>> compile(const ValueCondition& condition, Instant now);

    Check check_;
};

} // namespace health::ndjson
