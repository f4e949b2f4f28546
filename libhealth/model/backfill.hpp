#pragma once

#include <base/time.hpp>
#include <model/rules/rule.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace health {

/// One condition on a document: `field` has one of the values (any element of an array does).
struct Term {
    std::string field;
    std::vector<std::string> values;

    bool operator==(const Term&) const = default;
};

/// What the operator accepts; none where nothing was configured.
struct Thresholds {
    std::optional<std::uint64_t> max_missing{}; ///< documents
    std::optional<double> min_coverage{};       ///< between 0 and 1

    bool operator==(const Thresholds&) const = default;
};

/// How a snapshot of a backfill looks as a document of the health index.
enum class DocumentShape {
    flat,   ///< {index, missing, with_<field>, with_<derived>, ts}
    nested, ///< {backfill, index, missing, present, derived: {<derived>: n}, broken, rules, ts}
};

/// What is measured: a script adds `field` to the documents of a population, and sets the derived fields from it.
struct Backfill {
    std::string name;                   ///< of the documents, in the plural; metrics and keys begin with it
    std::string index;                  ///< index, alias or pattern; several with commas
    std::vector<Term> population;       ///< all terms must hold
    std::optional<std::string> query{}; ///< in the engine's own language (JSON); must hold as well
    std::string field;
    std::vector<std::string> derived;          ///< in the order in which they are shown
    std::optional<std::string> arrival{};      ///< the date field that holds when a document arrived
    std::optional<Timestamp> arrivals_since{}; ///< whose arrivals are counted as well; needs the arrival field
    Thresholds thresholds{};
    std::vector<Rule> rules{};
    std::string field_label; ///< the field as reports and help texts show it
    DocumentShape shape = DocumentShape::nested;

    bool operator==(const Backfill&) const = default;
};

/// The field, then the derived fields: what the backfill writes, and what can be judged.
std::vector<std::string> own_fields(const Backfill& backfill);

/// "category: bills, status: open or paid"; "all documents" when there is no condition.
std::string describe_population(const Backfill& backfill);

/// The name as the first word of a sentence.
std::string capitalized_name(const Backfill& backfill);

} // namespace health
