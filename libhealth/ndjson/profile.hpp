#pragma once

#include <model/profile.hpp>
#include <ndjson/tally.hpp>

#include <set>
#include <unordered_map>
#include <utility>

namespace health::ndjson {

/// With more distinct values, or more bytes of them, the most common one is not known: they are held in memory.
inline constexpr std::size_t max_distinct_values = 100'000;
inline constexpr std::size_t max_distinct_bytes = std::size_t{64} << 20;

/// How many documents have each value. When there are too many values, it forgets all of them.
template <class Value>
class DistinctValues {
public:
    void add(const Value& value, std::uint64_t documents = 1);
    DistinctValues& operator+=(const DistinctValues& other);
    void give_up();

    /// The value that most documents have, and of several the first in this order. None when there are too many.
    template <class Less>
    [[nodiscard]] std::optional<std::pair<Value, std::uint64_t>> most_common(const Less& less) const;

private:
    std::unordered_map<Value, std::uint64_t> documents_;
    std::size_t bytes_ = 0;
    bool too_many_ = false;
};

/// The least and the greatest value.
template <class Value>
struct Extent {
    std::optional<Value> min{};
    std::optional<Value> max{};

    template <class Less>
    void add(const Value& value, const Less& less) {
        if (!min || less(value, *min))
            min = value;
        if (!max || less(*max, value))
            max = value;
    }
};

/// The values of one field. What type they are is known when all have been seen: JSON has no dates.
class FieldValuesTally {
public:
    struct Document {
        std::vector<std::string_view> texts{};
        std::vector<ComparableNumber> numbers{};
        std::set<bool> booleans{};
        bool has_object = false;
    };

    void add(const Document& document, std::int64_t ten_years_later);
    FieldValuesTally& operator+=(const FieldValuesTally& other);
    [[nodiscard]] FieldProfile finish(const std::string& field) const;

private:
    void add_dates(const Document& document, std::int64_t ten_years_later);
    void forget_what_is_mixed();
    [[nodiscard]] bool is_mixed() const;
    [[nodiscard]] std::optional<ValueType> type() const;

    std::uint64_t documents_ = 0;
    bool has_objects_ = false;
    Extent<std::string> texts_;
    Extent<ComparableNumber> numbers_;
    Extent<bool> booleans_;
    DistinctValues<std::string> distinct_texts_;
    DistinctValues<ComparableNumber> distinct_numbers_;
    DistinctValues<bool> distinct_booleans_;

    bool all_are_dates_ = true;  ///< so far
    bool has_iso_dates_ = false; ///< not only numbers, which may be anything
    Extent<std::int64_t> dates_; ///< milliseconds since 1970
    DistinctValues<std::int64_t> distinct_dates_;
    std::uint64_t in_1970_ = 0;
    std::uint64_t after_ten_years_ = 0;
};

/// Profiles the documents of a backfill's population that have the field.
class ProfileTally {
public:
    ProfileTally(const Backfill& backfill, Timestamp now);

    void add(const simdjson::dom::object& line);
    /// The documents of another tally of the same backfill.
    ProfileTally& operator+=(const ProfileTally& other);

    [[nodiscard]] Profile finish() const;

private:
    Membership population_;
    std::int64_t ten_years_later_;
    FieldTrie paths_;
    std::vector<std::string> fields_;
    std::vector<FieldValuesTally> tallies_; ///< of each field
};

} // namespace health::ndjson
