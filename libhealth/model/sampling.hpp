#pragma once

#include <boost/json/array.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace health {

/// Where to find a document of the population: the index and the id, or the file's name and `line N`.
struct DocumentId {
    std::string index;
    std::string id;

    bool operator==(const DocumentId&) const = default;
};

/// A document that was asked for.
struct SampleDocument {
    DocumentId document;
    /// Of a document that breaks a rule: the fields of the rule, and their values.
    std::vector<std::pair<std::string, boost::json::array>> values{};

    bool operator==(const SampleDocument&) const = default;
};

/// index.max_result_window of Elasticsearch, unless somebody has changed it.
inline constexpr std::size_t max_samples = 10000;

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
