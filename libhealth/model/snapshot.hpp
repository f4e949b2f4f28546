#pragma once

#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace health {

/// How many documents break a rule.
struct BrokenRule {
    std::string rule; ///< its text
    std::uint64_t documents = 0;

    bool operator==(const BrokenRule&) const = default;
};

/// The documents that came in later than `since`.
struct Arrivals {
    Timestamp since;
    std::uint64_t total = 0;
    std::uint64_t missing = 0; ///< of these, without the field

    bool operator==(const Arrivals&) const = default;
};

/// The numbers of one backfill at one instant, taken from one answer of the store:
/// `missing + present` is the population.
struct Snapshot {
    std::string index;
    std::uint64_t missing = 0;            ///< documents without the field
    std::uint64_t present = 0;            ///< documents with the field
    std::vector<std::uint64_t> derived{}; ///< documents with the field and the derived field, for each of these
    std::vector<BrokenRule> broken{};     ///< for each rule
    std::optional<Arrivals> arrivals{};   ///< where they were asked for
    std::vector<std::string> unmapped{};  ///< fields of rules that nothing in the index has, so that none can be broken
    Timestamp ts;

    [[nodiscard]] std::uint64_t population() const { return missing + present; }
    bool operator==(const Snapshot&) const = default;
};

enum class Verdict { ok, check };

/// `ok` when the population is not empty, nothing is missing, the numbers are consistent and no rule is broken.
Verdict verdict(const Snapshot& snapshot);
std::string_view to_string(Verdict verdict);

/// Whether all is well with the documents that were there when somebody began to count arrivals: those that have
/// arrived since are not the backfill's to fill. Where arrivals are not counted, with all documents.
bool is_done(const Snapshot& snapshot);

/// The lowest derived / present, between 0 and 1; none without a derived field, and when no document has the field.
std::optional<double> coverage(const Snapshot& snapshot);
/// "0.9000"; "n/a" when there is none.
std::string describe_coverage(const std::optional<double>& share);

/// The sum over the rules.
std::uint64_t total_broken(const Snapshot& snapshot);

/// Of the rule with this text; none where it was not counted.
std::optional<std::uint64_t> broken_documents(const Snapshot& snapshot, std::string_view rule);

} // namespace health
