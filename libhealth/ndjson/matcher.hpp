#pragma once

#include <model/backfill.hpp>

#include <simdjson.h>

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace health::ndjson {

/// Whether a value other than null stands at the path or below it. The dots of a path lead into objects and are part
/// of names that have dots, arrays are looked into, and `.keyword` at the end of a path is the string itself (a
/// multi-field that Elasticsearch adds to strings).
bool exists(const simdjson::dom::element& document, std::string_view path);

/// Shows every value other than null at the path, or in arrays there, to `visit`: each as what a keyword field, or a
/// number's or Boolean's, has for it.
void for_each_value(const simdjson::dom::element& document, std::string_view path,
                    const std::function<void(std::string value)>& visit);

/// A term, ready to be compared with many documents.
class TermMatcher {
public:
    explicit TermMatcher(const Term& term);

    /// Whether a scalar at the path, or an element of an array there, is one of the values: a string exactly, a number
    /// as a number, a Boolean by its name.
    [[nodiscard]] bool matches(const simdjson::dom::element& document) const;

private:
    /// Whole numbers are integers, so that equal numbers are equal here; a number that fits both types is signed.
    using Number = std::variant<std::int64_t, std::uint64_t, double>;
    static Number normalized(double number);
    static std::optional<Number> to_number(std::string_view text);
    struct Wanted;
    static bool equals(const simdjson::dom::element& scalar, const Wanted& wanted);

    struct Wanted {
        std::string text;
        std::optional<Number> number;
    };
    std::string field_;
    std::vector<Wanted> wanted_;
};

/// Counts documents as a snapshot of the backfill does.
class Tally {
public:
    explicit Tally(const Backfill& backfill);

    void add(const simdjson::dom::element& document);
    /// Whether it is of the population, and if so, whether it lacks the field.
    [[nodiscard]] std::optional<bool> is_missing(const simdjson::dom::element& document) const;

    [[nodiscard]] std::uint64_t missing() const { return missing_; }
    [[nodiscard]] std::uint64_t present() const { return present_; }
    [[nodiscard]] const std::vector<std::uint64_t>& derived() const { return derived_; }

private:
    std::vector<TermMatcher> population_;
    std::string field_;
    std::vector<std::string> derived_fields_;
    std::uint64_t missing_ = 0;
    std::uint64_t present_ = 0;
    std::vector<std::uint64_t> derived_; ///< for each derived field
};

} // namespace health::ndjson
