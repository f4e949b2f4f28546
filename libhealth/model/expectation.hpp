#pragma once

#include <model/backfill.hpp>
#include <model/sampling.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace health {

/// What a document has at the path of a field. A dot leads into an object or is part of a member's name, arrays are
/// searched (several values make one array), and `.keyword` at the end means the value itself. None when there is
/// nothing at the path, not even null.
std::optional<boost::json::value> value_at(const boost::json::object& document, std::string_view path);

/// Whether a value counts as no value: null, and arrays and objects that hold nothing else.
bool is_absent(const boost::json::value& value);

/// As JSON, with `[x]` equal to `x`, and all that is absent equal. The order of an object's members does not matter.
/// Numbers are equal by their value: whole ones of 64 bits exactly, others up to the last digits of a double, which
/// depend on how a number was written.
bool is_same(const boost::json::value& left, const boost::json::value& right);

/// A value of a document that is not the expected one. Long values are cut, as texts.
struct Mismatch {
    DocumentId document;
    std::string field;
    boost::json::value found;
    boost::json::value expected;
};

/// What a document was compared with, and what came of it.
struct ExpectationResult {
    bool is_any_expected = false; ///< whether a field was expected to be something
    std::vector<Mismatch> mismatches{};
};

/// `found` has the value of each judged field, null where there is none. A field that the expectation does not name is
/// not judged.
ExpectationResult compare(const std::vector<std::string>& fields, const DocumentId& document,
                          const std::vector<boost::json::value>& found, const boost::json::object& expected);

/// A key of the expectation that leads to none of the fields, such as a misspelt one.
std::optional<std::string> unknown_key(const std::vector<std::string>& fields, const boost::json::object& expected);

/// What is known of all documents after some of them were compared with what they should be.
struct Verification {
    std::uint64_t sampled = 0; ///< that were judged
    std::uint64_t wrong = 0;
    bool all = false; ///< all documents with the field were judged
    std::uint64_t seed = 0;
    std::uint64_t not_judged = 0;     ///< nothing was expected of them
    std::uint64_t gone = 0;           ///< they were deleted, or did not count any more, before they were read
    std::uint64_t judged_again = 0;   ///< they were wrong, but had changed in the meantime
    std::uint64_t still_changing = 0; ///< wrong in each of several readings, and changed each time
    std::vector<Mismatch> examples{}; ///< of the first wrong ones, up to max_examples documents

    [[nodiscard]] std::uint64_t as_expected() const { return sampled - wrong; }
};

/// The number of wrong documents whose details are shown.
inline constexpr std::size_t max_examples = 10;

/// "297 of 300 sampled documents are as expected (at most 2.6 % of all are wrong, 95 % confidence)".
std::string describe(const Verification& verification);

/// "n17: expires_at is "2025-10-31", expected "2025-11-30"", with the index where it is not the backfill's.
std::string describe(const Backfill& backfill, const Mismatch& mismatch);

} // namespace health
