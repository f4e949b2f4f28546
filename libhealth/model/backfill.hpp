#pragma once

#include <string>
#include <vector>

namespace health {

/// One condition on a document: `field` has `value` (any element of an array does).
struct Term {
    std::string field;
    std::string value;

    bool operator==(const Term&) const = default;
};

/// How a snapshot of a backfill looks as a document of the health index.
enum class DocumentShape {
    flat,   ///< {index, missing, with_<field>, with_<derived>, ts}
    nested, ///< {backfill, index, missing, present, derived: {<derived>: n}, ts}
};

/// What is measured: a script adds `field` to the documents of a population, and sets `derived` from it.
struct Backfill {
    std::string name;             ///< of the documents, in the plural: it begins metrics and keys
    std::string index;            ///< index, alias or pattern; several with commas
    std::vector<Term> population; ///< all terms must hold
    std::string field;
    std::string derived;
    std::string field_label; ///< the field as reports and help texts show it
    DocumentShape shape = DocumentShape::nested;

    bool operator==(const Backfill&) const = default;
};

/// "category: bills, status: open"
std::string describe_population(const Backfill& backfill);

/// The name as the first word of a sentence.
std::string capitalized_name(const Backfill& backfill);

} // namespace health
