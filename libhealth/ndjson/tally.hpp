#pragma once

#include <model/backfill.hpp>
#include <ndjson/questions.hpp>

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace health::ndjson {

/// The counts of a snapshot.
struct BackfillCounts {
    std::uint64_t missing = 0;
    std::uint64_t present = 0;
    std::vector<std::uint64_t> derived{}; ///< for each derived field

    BackfillCounts& operator+=(const BackfillCounts& other);
    bool operator==(const BackfillCounts&) const = default;
};

/// Counts documents for the snapshots of many backfills. Copies share what they can, also across threads.
class Tally {
public:
    explicit Tally(std::span<const Backfill> backfills);

    void add(const simdjson::dom::object& line);
    /// Adds the documents of another tally of the same backfills.
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
    /// Shared by one or more backfills: many differ only in the field.
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

/// Recognises the documents of a backfill's population.
class Membership {
public:
    explicit Membership(const Backfill& backfill);

    /// Whether a document of the population lacks the field; none for other documents.
    std::optional<bool> is_missing(const simdjson::dom::object& line);

private:
    std::vector<Questions::Question> population_;
    Questions::Question field_ = 0;
    Answers answers_;
};

} // namespace health::ndjson
