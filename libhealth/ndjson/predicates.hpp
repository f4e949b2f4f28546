#pragma once

#include <base/numbers.hpp>
#include <model/backfill.hpp>
#include <ndjson/field_trie.hpp>
#include <ndjson/sorted.hpp>

#include <simdjson.h>

#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace health::ndjson {

/// A number in the form in which it is compared: whole numbers are integers, so that equal numbers compare equal; those
/// that fit both types are signed.
using ComparableNumber = std::variant<std::int64_t, std::uint64_t, double>;

/// What many backfills need to know of a document, each thing once.
class Predicates {
public:
    using Id = std::uint32_t; ///< counted from 0, in the order in which they were added

    /// Whether there is a value other than null at the path or below it.
    Id exists(std::string_view path);
    /// Whether a scalar at the path, or an element of an array there, is one of the values: a string exactly, a number
    /// as a number, a Boolean by its name.
    Id matches(const Term& term);

private:
    friend class Evaluation;

    static constexpr Id none = std::numeric_limits<Id>::max();

    /// What is asked of the values at one path; sorted, as there may be a term for each of a thousand backfills.
    struct AtPath {
        Id existence = none;
        std::vector<std::pair<std::string, Id>> texts{};
        std::vector<std::pair<ComparableNumber, Id>> numbers{};
    };
    AtPath& at(FieldTrie::Path path);

    FieldTrie paths_;
    std::vector<AtPath> at_path_; ///< for each path
    std::map<std::pair<FieldTrie::Path, std::vector<std::string>>, Id> terms_;
    Id size_ = 0;
};

/// Which predicates hold for one document after another. Several objects may share them, also on different threads.
class Evaluation {
public:
    explicit Evaluation(std::shared_ptr<const Predicates> predicates)
        : predicates_(std::move(predicates)), held_(predicates_->size_) {}

    void read(const simdjson::dom::object& line) {
        ++document_;
        predicates_->paths_.walk(line, *this);
    }

    /// For the document in the line that was read last.
    [[nodiscard]] bool holds(Predicates::Id predicate) const { return held_[predicate] == document_; }

private:
    friend class FieldTrie;

    void restart() { ++document_; }
    void value(FieldTrie::Path path, const simdjson::dom::element& scalar);
    void below(FieldTrie::Path path) { held_[predicates_->at_path_[path].existence] = document_; }
    [[nodiscard]] bool wants_values(FieldTrie::Path path) const {
        const Predicates::AtPath& asked = predicates_->at_path_[path];
        return !asked.texts.empty() || !asked.numbers.empty();
    }
    [[nodiscard]] bool wants_below(FieldTrie::Path path) const {
        const Predicates::Id existence = predicates_->at_path_[path].existence;
        return existence != Predicates::none && !holds(existence);
    }

    std::shared_ptr<const Predicates> predicates_;
    std::uint64_t document_ = 1;
    /// For each predicate, the latest document for which it held: nothing has to be cleared between documents.
    std::vector<std::uint64_t> held_;
    std::vector<FieldTrie::Path> enclosing;
};

inline void Evaluation::value(FieldTrie::Path path, const simdjson::dom::element& scalar) {
    const Predicates::AtPath& asked = predicates_->at_path_[path];
    if (asked.existence != Predicates::none)
        held_[asked.existence] = document_;
    if (!wants_values(path))
        return;
    const auto mark_equal = [this](const auto& sorted, const auto& key) {
        for_each_equal(
            sorted, key, [](const auto& entry) -> const auto& { return entry.first; },
            [this](const auto& entry) { held_[entry.second] = document_; });
    };
    using enum simdjson::dom::element_type;
    switch (scalar.type()) {
    case STRING:
        mark_equal(asked.texts, scalar.get_string().value_unsafe());
        return;
    case BOOL:
        mark_equal(asked.texts, std::string_view(scalar.get_bool().value_unsafe() ? "true" : "false"));
        return;
    case INT64:
        mark_equal(asked.numbers, ComparableNumber(scalar.get_int64().value_unsafe()));
        return;
    case UINT64:
        mark_equal(asked.numbers, ComparableNumber(scalar.get_uint64().value_unsafe()));
        return;
    case DOUBLE:
        mark_equal(asked.numbers, narrowed(scalar.get_double().value_unsafe()));
        return;
    default:
        return;
    }
}

} // namespace health::ndjson
