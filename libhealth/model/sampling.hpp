#pragma once

#include <model/breakdown.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace health {

/// How the store finds a document again.
struct DocumentKey {
    DocumentId id;
    std::string place{}; ///< what else the store needs: the routing, or the line's number

    bool operator==(const DocumentKey&) const = default;
};

/// Random documents of the population that have the field.
struct RandomSample {
    std::vector<DocumentKey> keys;
    std::uint64_t candidates = 0; ///< of how many they were drawn, at the same instant

    [[nodiscard]] bool has_all() const { return keys.size() == candidates; }
};

struct Document {
    DocumentId id;
    std::string source; ///< a JSON object on one line
    /// Of the backfill's field and derived fields, in this order: whether the store knows that the document has it,
    /// from elsewhere than the source.
    std::vector<bool> known_fields{};

    bool operator==(const Document&) const = default;
};

} // namespace health
