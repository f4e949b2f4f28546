#pragma once

#include <base/error.hpp>
#include <model/backfill.hpp>
#include <model/breakdown.hpp>
#include <model/sampling.hpp>
#include <model/snapshot.hpp>
#include <ndjson/predicates.hpp>
#include <ndjson/rule_check.hpp>
#include <ndjson/values.hpp>

#include <simdjson.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace health::ndjson {

/// The counts of a snapshot.
struct BackfillCounts {
    std::uint64_t missing = 0;
    std::uint64_t present = 0;
    std::vector<std::uint64_t> derived{}; ///< for each derived field
    std::vector<std::uint64_t> broken{};  ///< for each rule
    std::uint64_t arrived = 0;            ///< later than Backfill::arrivals_since
    std::uint64_t arrived_missing = 0;    ///< of these, without the field
    std::vector<std::string> seen{};      ///< fields of rules that a document has, of the population or not

    BackfillCounts& operator+=(const BackfillCounts& other);
    bool operator==(const BackfillCounts&) const = default;
};

Result<Snapshot> to_snapshot(const Backfill& backfill, const BackfillCounts& counts, Instant at);

/// Counts documents for the snapshots of many backfills. Copies share what they can, also across threads.
class Tally {
public:
    Tally(std::span<const Backfill> backfills, Instant now);

    void add(const simdjson::dom::object& line);
    /// Adds the documents of another tally of the same backfills.
    Tally& operator+=(const Tally& other);

    [[nodiscard]] BackfillCounts counts(std::size_t backfill) const;

private:
    struct Field {
        Predicates::Id exists;
        std::uint64_t documents = 0;
    };
    struct FieldWithDerived : Field {
        std::vector<Field> derived{};
    };
    /// The documents of a population that came in late.
    struct LateArrivals {
        std::size_t check; ///< which of `rules_` recognises them
        Predicates::Id has_field;
        std::uint64_t documents = 0;
        std::uint64_t missing = 0;
    };
    /// Shared by one or more backfills: many differ only in the field.
    struct Population {
        std::vector<Predicates::Id> terms; ///< sorted
        std::uint64_t documents = 0;
        std::vector<FieldWithDerived> fields{};
        std::vector<std::size_t> rules{};    ///< which of `rules_`
        std::vector<std::uint64_t> broken{}; ///< for each of these
        std::vector<LateArrivals> late{};
    };
    /// A field that rules or arrivals of one or more backfills name.
    struct NamedField {
        Predicates::Id exists;
        std::string name{};
        bool seen = false;
    };
    /// Where the counts of a backfill are.
    struct Slots {
        std::size_t population;
        std::size_t field;
        std::vector<std::size_t> derived;
        std::vector<std::size_t> rules;
        std::vector<std::size_t> named_fields;
        std::optional<std::size_t> late{}; ///< of the population
    };

    Slots slots_of(const Backfill& backfill, Predicates& predicates);
    void add_rules(const Backfill& backfill, Predicates& predicates, Instant now, FieldTrie& paths,
                   std::vector<RuleCheck>& rules);
    void add_arrivals(const Backfill& backfill, Predicates& predicates, FieldTrie& paths,
                      std::vector<RuleCheck>& rules);
    void add_named_field(const std::string& name, Predicates& predicates);
    void judge(const simdjson::dom::object& line, Population& population);

    std::vector<Population> populations_;
    std::vector<Slots> slots_; ///< of each backfill
    std::vector<NamedField> named_fields_;
    std::shared_ptr<const std::vector<RuleCheck>> rules_;
    std::optional<DocumentValues> values_; ///< none without rules
    bool values_are_read_ = false;
    Evaluation evaluation_; ///< the predicates must be complete
};

/// Recognises the documents of a backfill's population.
class Membership {
public:
    explicit Membership(const Backfill& backfill);

    /// Whether a document of the population lacks the field; none for other documents.
    std::optional<bool> is_missing(const simdjson::dom::object& line);

private:
    std::vector<Predicates::Id> population_;
    Predicates::Id field_ = 0;
    Evaluation evaluation_;
};

/// Recognises the documents of a backfill's population that break a rule, and shows the values of its fields.
class BrokenRuleFinder {
public:
    BrokenRuleFinder(const Backfill& backfill, const Rule& rule, Instant now);

    /// The fields of the rule and their values; none for other documents.
    std::optional<decltype(SampleDocument::values)> find(const simdjson::dom::object& line);

private:
    std::vector<std::string> fields_;
    std::vector<FieldTrie::Path> paths_;
    std::optional<RuleCheck> check_;
    std::optional<DocumentValues> values_;
    Membership population_;
};

} // namespace health::ndjson
