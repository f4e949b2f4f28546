#pragma once

#include <concepts>
#include <optional>
#include <string>
#include <type_traits>
#include <typeindex>
#include <utility>

namespace health {

/// What to try: a sentence, or a remedy. A remedy is a fact, and only the program knows which flag, variable or command
/// it means. Each room lists its own, as an enumeration in remedy.hpp; here they are opaque.
class Hint {
public:
    Hint() = default;
    template <class Remedy>
        requires std::is_enum_v<Remedy>
    Hint(Remedy remedy, std::string subject = {}) // NOLINT(*-explicit-*)
        : kind_(typeid(Remedy)), value_(static_cast<int>(remedy)), subject_(std::move(subject)) {}
    template <std::convertible_to<std::string> Text>
    Hint(Text&& text) : subject_(std::forward<Text>(text)) {} // NOLINT(*-explicit-*)

    bool operator==(const Hint&) const = default;

    /// The remedy, if it is one of these.
    template <class Remedy>
    [[nodiscard]] std::optional<Remedy> remedy() const {
        return kind_ == std::type_index(typeid(Remedy)) ? std::optional(static_cast<Remedy>(value_)) : std::nullopt;
    }
    /// What the remedy is about. Of a sentence it is the sentence.
    [[nodiscard]] const std::string& subject() const { return subject_; }
    /// Where no setting of ours is involved; empty when there is no hint, and for a remedy.
    [[nodiscard]] std::string sentence() const { return kind_ ? std::string() : subject_; }

private:
    std::optional<std::type_index> kind_; ///< of the remedy; none for a sentence
    int value_ = 0;
    std::string subject_;
};

/// Puts hints into words; empty when there is none. The program has one, and hands it to what prints, logs or shows
/// errors.
using HintTexts = std::string (*)(const Hint&);

} // namespace health
