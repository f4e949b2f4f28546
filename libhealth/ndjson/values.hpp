#pragma once

#include <model/rules/rule.hpp>
#include <ndjson/field_trie.hpp>

#include <boost/json/value.hpp>
#include <simdjson.h>

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace health::ndjson {

/// Whether it may be a date with at least a month: text of four digits alone may be anything.
bool has_form_of_date(std::string_view text);

/// Milliseconds since 1970 for a whole number in a date field: of four digits it is a year, as in Elasticsearch.
std::int64_t date_of(std::int64_t number);

/// A scalar of a document, read as the rules need it. Without a mapping, its text and its type in JSON are all that is
/// known of it.
class Value {
public:
    explicit Value(const simdjson::dom::element& scalar) : scalar_(scalar) {}

    /// As a number, a date (in milliseconds since 1970) or a Boolean (0 or 1); none where it is no such value. Strings
    /// are read as the engines coerce them. A date among numbers, and a number among dates, are milliseconds.
    [[nodiscard]] std::optional<ExactNumber> as(ValueKind kind) const;
    [[nodiscard]] boost::json::value json() const;
    /// As a keyword field has it.
    [[nodiscard]] std::string text() const;
    /// Two values of different fields. Dates compare as dates, also with numbers; unordered when they are not of a
    /// kind.
    [[nodiscard]] std::partial_ordering compare(const Value& other) const;

private:
    [[nodiscard]] std::optional<ExactNumber> number() const;
    [[nodiscard]] std::optional<ExactNumber> date() const;
    [[nodiscard]] std::optional<ExactNumber> boolean() const;
    [[nodiscard]] std::string_view string() const { return scalar_.get_string().value_unsafe(); }

    simdjson::dom::element scalar_;
    /// Read once, as many rules may speak of the same field.
    mutable std::optional<std::optional<ExactNumber>> date_{};
};

/// The values of some fields in one document after another. Several objects may share the paths, on different threads.
class DocumentValues {
public:
    explicit DocumentValues(std::shared_ptr<const FieldTrie> paths)
        : paths_(std::move(paths)), values_(paths_->size()) {}

    void read(const simdjson::dom::object& line) {
        restart();
        paths_->walk(line, *this);
    }

    /// Of the document that was read last, which must still be parsed.
    [[nodiscard]] std::span<const Value> at(FieldTrie::Path path) const { return values_[path]; }

private:
    friend class FieldTrie;

    void value(FieldTrie::Path path, const simdjson::dom::element& scalar) { values_[path].emplace_back(scalar); }
    void restart() {
        for (std::vector<Value>& each : values_)
            each.clear();
    }
    static void below(FieldTrie::Path /*path*/) {}
    static bool wants_values(FieldTrie::Path /*path*/) { return true; }
    static bool wants_below(FieldTrie::Path /*path*/) { return false; }

    std::shared_ptr<const FieldTrie> paths_;
    std::vector<std::vector<Value>> values_;
    std::vector<FieldTrie::Path> enclosing;
};

} // namespace health::ndjson
