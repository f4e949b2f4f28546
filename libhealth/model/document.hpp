#pragma once

#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <string>
#include <vector>

namespace health {

/// The snapshot as a document of the health index: JSON on one line.
std::string to_document(const Backfill& backfill, const Snapshot& snapshot);

/// The same members as a Python dict prints itself, which is what the first users of `emit` grep for.
std::string to_python_literal(const Backfill& backfill, const Snapshot& snapshot);

/// A field of the health index; a dot leads into an object.
struct FieldMapping {
    std::string field;
    std::string type; ///< an Elasticsearch field type
};

/// The mapping that to_document's documents need.
std::vector<FieldMapping> health_mapping(const Backfill& backfill);

} // namespace health
