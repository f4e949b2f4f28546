#pragma once

#include <model/backfill.hpp>
#include <ndjson/questions.hpp>

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace health::ndjson {

/// What a snapshot has.
struct BackfillCounts {
    std::uint64_t missing = 0;
    std::uint64_t present = 0;
    std::vector<std::uint64_t> derived{}; ///< for each derived field

    BackfillCounts& operator+=(const BackfillCounts& other);
    bool operator==(const BackfillCounts&) const = default;
};

/// Counts documents as the snapshots of many backfills do. A copy shares what can be shared, also with another
/// thread.
class Tally {
public:
    explicit Tally(std::span<const Backfill> backfills);

    void add(const simdjson::dom::object& line);
    /// The documents of another tally of the same backfills.
    Tally& operator+=(const Tally& other);

    [[nodiscard]] BackfillCounts counts(std::size_t backfill) const;

private:
    struct Field {
        Questions::Question exists;
        std::uint64_t documents = 0;
    };
    struct FieldWithDerived : Field {
        std::vector<Field> derived{};
    };
    /// Of one or more backfills: many of them differ in the field alone.
    struct Population {
        std::vector<Questions::Question> terms; ///< sorted
        std::uint64_t documents = 0;
        std::vector<FieldWithDerived> fields{};
    };
    /// Where the counts of a backfill are.
    struct Slots {
        std::size_t population;
        std::size_t field;
        std::vector<std::size_t> derived;
    };

    Slots slots_of(const Backfill& backfill, Questions& questions);

    std::vector<Population> populations_;
    std::vector<Slots> slots_; ///< of each backfill
    Answers answers_;          ///< the questions must be complete
};

/// Tells the documents of a backfill's population.
class Membership {
public:
    explicit Membership(const Backfill& backfill);

    /// Whether it is of the population, and if so, whether it lacks the field.
    std::optional<bool> is_missing(const simdjson::dom::object& line);

private:
    std::vector<Questions::Question> population_;
    Questions::Question field_ = 0;
    Answers answers_;
};

} // namespace health::ndjson
