#pragma once

#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace health {

/// Keys of reports in JSON and of documents of the health index, beside those of the numbers.
namespace key {

inline constexpr const char* backfill = "backfill";
inline constexpr const char* index = "index";
inline constexpr const char* field = "field";
inline constexpr const char* missing = "missing";
inline constexpr const char* present = "present";
inline constexpr const char* derived = "derived"; ///< an object, in the nested shape
inline constexpr const char* broken = "broken";
inline constexpr const char* rules = "rules";
inline constexpr const char* ts = "ts";               ///< of a document
inline constexpr const char* timestamp = "timestamp"; ///< of a report
inline constexpr const char* verdict = "verdict";
inline constexpr const char* coverage = "coverage";
inline constexpr const char* arrived = "arrived"; ///< an object of a report
inline constexpr const char* before = "before";   ///< the earlier report in a report
inline constexpr const char* change = "change";   ///< what it differs by

} // namespace key

/// What a field is to its backfill, in the names of checks and in what hints are about.
namespace role {

inline constexpr const char* field = "field";
inline constexpr const char* derived = "derived";

} // namespace role

enum class Quantity { missing, present, derived };

/// The names of one number of a backfill, wherever it is shown.
struct NumberName {
    Quantity quantity = Quantity::missing;
    std::string field;         ///< whose documents it counts: the backfill's, or the derived one
    std::string key;           ///< in `validate --json`: missing_dates_count, or in the nested shape missing
    std::string label;         ///< in reports: "Missing dates[] (bills)"
    std::string short_label;   ///< where the backfill is named already: "missing dates[]"
    std::string column;        ///< of a history in CSV and JSON: "with_dates"
    std::string heading;       ///< of the same as a table: "with dates"
    std::string document_path; ///< in a document of the health index; a dot leads into an object
    std::string metric;        ///< https://prometheus.io/docs/concepts/data_model/
    std::string help;          ///< of the metric
};

struct Number {
    NumberName name;
    std::uint64_t value = 0;
};

/// Missing, present, and each derived field, in the order in which they are shown.
std::vector<NumberName> number_names(const Backfill& backfill);

/// The numbers of a snapshot of this backfill, with their names.
std::vector<Number> numbers(const Backfill& backfill, const Snapshot& snapshot);

/// The values alone, in the same order.
std::vector<std::uint64_t> values(const Snapshot& snapshot);

/// The sentence about a backfill to which no document belongs.
std::string describe_no_match(const Backfill& backfill);

/// What neither the numbers nor the verdict show: that no document matches, that nothing has a field of a rule, or that
/// none is missing and yet none has a derived field. Empty when there is nothing to say.
std::string remark(const Backfill& backfill, const Snapshot& snapshot);

/// "3 break due_date >= created, 1 breaks due_date < now": the rules that documents break. Empty when none is broken.
std::string describe_broken(const Snapshot& snapshot);

/// The reverse of values(), of which there must be at least two.
Snapshot snapshot_from(std::string index, const std::vector<std::uint64_t>& values, Timestamp ts);

} // namespace health
