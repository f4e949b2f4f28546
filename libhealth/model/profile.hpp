#pragma once

#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace health {

enum class ValueType { date, number, boolean, keyword };

std::string_view to_string(ValueType type);
std::optional<ValueType> parse_value_type(std::string_view text);

/// A value of a field; a date is text, as date_text() writes it.
using ProfileValue = std::variant<bool, std::int64_t, std::uint64_t, double, std::string>;

/// Numbers as number_text() writes them.
std::string to_string(const ProfileValue& value);

/// The value that most documents have; of several, the least.
struct MostCommon {
    ProfileValue value;
    std::uint64_t documents = 0;
    bool at_least = false; ///< the documents are a lower bound, and another value may have as many

    bool operator==(const MostCommon&) const = default;
};

/// The values of one field in the documents of a population that have the backfill's field. A document with several
/// values counts once for each of them.
struct FieldProfile {
    std::string field;
    std::optional<ValueType> type{};          ///< none: `unknown` says why
    std::optional<std::uint64_t> documents{}; ///< with a value
    std::optional<ProfileValue> min{};
    std::optional<ProfileValue> max{};
    std::optional<MostCommon> most_common{};
    std::optional<std::uint64_t> in_1970{};         ///< documents with such a date
    std::optional<std::uint64_t> after_ten_years{}; ///< documents with a date later than ten_years_after() now
    std::string unknown{}; ///< why something is not known: "it is text"; empty where everything is, or nothing is there

    bool operator==(const FieldProfile&) const = default;
};

/// The backfill's field, then each derived field.
using Profile = std::vector<FieldProfile>;

/// The year in which all dates end up that were written in seconds but read as milliseconds: its beginning and its end,
/// in milliseconds since 1970.
inline constexpr std::int64_t begin_of_1970 = 0;
inline constexpr std::int64_t end_of_1970 = std::int64_t{365} * 24 * 60 * 60 * 1000;

/// The same day ten years later, in milliseconds since 1970.
std::int64_t ten_years_after(Timestamp time);

/// In plain decimal digits, as few as it takes to read the same number again; beyond 21 digits with an exponent.
std::string number_text(double number);

/// The number that a float stands for: the one with the fewest digits that is read as the same float.
double widened(float number);

} // namespace health
