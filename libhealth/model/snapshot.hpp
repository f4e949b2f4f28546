#pragma once

#include <base/time.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace health {

/// The numbers of one backfill at one instant, taken from one answer of the store:
/// `missing + present` is the population.
struct Snapshot {
    std::string index;
    std::uint64_t missing = 0;            ///< documents without the field
    std::uint64_t present = 0;            ///< documents with the field
    std::vector<std::uint64_t> derived{}; ///< documents with the field and the derived field, for each of these
    Timestamp ts;

    [[nodiscard]] std::uint64_t population() const { return missing + present; }
    bool operator==(const Snapshot&) const = default;
};

enum class Verdict { ok, check };

/// `ok` when the population is not empty, nothing is missing and the numbers are consistent.
Verdict verdict(const Snapshot& snapshot);
std::string_view to_string(Verdict verdict);

/// The lowest derived / present, between 0 and 1; none without a derived field, and when no document has the field.
std::optional<double> coverage(const Snapshot& snapshot);

} // namespace health
