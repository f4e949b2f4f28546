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
using Number = std::variant<std::int64_t, std::uint64_t, double>;

/// What many backfills ask about a document, each question once.
class Questions {
public:
    using Question = std::uint32_t; ///< counted from 0, in the order in which they were asked

    /// Whether there is a value other than null at the path or below it.
    Question exists(std::string_view path);
    /// Whether a scalar at the path, or an element of an array there, is one of the values: a string exactly, a number
    /// as a number, a Boolean by its name.
    Question matches(const Term& term);

private:
    friend class Answers;

    static constexpr Question none = std::numeric_limits<Question>::max();

    /// What is asked of the values at one path; sorted, as there may be a term for each of a thousand backfills.
    struct AtPath {
        Question existence = none;
        std::vector<std::pair<std::string, Question>> texts{};
        std::vector<std::pair<Number, Question>> numbers{};
    };
    AtPath& at(FieldTrie::Path path);

    FieldTrie paths_;
    std::vector<AtPath> at_path_; ///< for each path
    std::map<std::pair<FieldTrie::Path, std::vector<std::string>>, Question> terms_;
    Question size_ = 0;
};

/// The answers for one document after another. Several objects may share the questions, also on different threads.
class Answers {
public:
    explicit Answers(std::shared_ptr<const Questions> questions)
        : questions_(std::move(questions)), affirmed_(questions_->size_) {}

    void read(const simdjson::dom::object& line) {
        ++document_;
        questions_->paths_.walk(line, *this);
    }

    /// For the document in the line that was read last.
    [[nodiscard]] bool affirm(Questions::Question question) const { return affirmed_[question] == document_; }

private:
    friend class FieldTrie;

    void restart() { ++document_; }
    void value(FieldTrie::Path path, const simdjson::dom::element& scalar);
    void below(FieldTrie::Path path) { affirmed_[questions_->at_path_[path].existence] = document_; }
    [[nodiscard]] bool wants_values(FieldTrie::Path path) const {
        const Questions::AtPath& asked = questions_->at_path_[path];
        return !asked.texts.empty() || !asked.numbers.empty();
    }
    [[nodiscard]] bool wants_below(FieldTrie::Path path) const {
        const Questions::Question existence = questions_->at_path_[path].existence;
        return existence != Questions::none && !affirm(existence);
    }

    std::shared_ptr<const Questions> questions_;
    std::uint64_t document_ = 1;
    /// For each question, the latest document that affirmed it: nothing has to be cleared between documents.
    std::vector<std::uint64_t> affirmed_;
    std::vector<FieldTrie::Path> enclosing;
};

inline void Answers::value(FieldTrie::Path path, const simdjson::dom::element& scalar) {
    const Questions::AtPath& asked = questions_->at_path_[path];
    if (asked.existence != Questions::none)
        affirmed_[asked.existence] = document_;
    const auto affirm_equal = [this](const auto& sorted, const auto& key) {
        for_each_equal(
            sorted, key, [](const auto& entry) -> const auto& { return entry.first; },
            [this](const auto& entry) { affirmed_[entry.second] = document_; });
    };
    using enum simdjson::dom::element_type;
    switch (scalar.type()) {
    case STRING:
        affirm_equal(asked.texts, scalar.get_string().value_unsafe());
        return;
    case BOOL:
        affirm_equal(asked.texts, std::string_view(scalar.get_bool().value_unsafe() ? "true" : "false"));
        return;
    case INT64:
        affirm_equal(asked.numbers, Number(scalar.get_int64().value_unsafe()));
        return;
    case UINT64:
        affirm_equal(asked.numbers, Number(scalar.get_uint64().value_unsafe()));
        return;
    case DOUBLE:
        affirm_equal(asked.numbers, narrowed(scalar.get_double().value_unsafe()));
        return;
    default:
        return;
    }
}

} // namespace health::ndjson
