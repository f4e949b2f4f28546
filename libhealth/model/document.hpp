#pragma once

#include <base/error.hpp>
#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <vector>

namespace health {

/// The snapshot as a document of the health index.
boost::json::object to_document(const Backfill& backfill, const Snapshot& snapshot);

/// The same members as Python prints a dict, which is what the first users of `emit` grep for.
std::string to_python_literal(const Backfill& backfill, const Snapshot& snapshot);

/// A field of the health index; a dot leads into an object.
struct FieldMapping {
    std::string field;
    std::string type;    ///< an Elasticsearch field type
    bool enabled = true; ///< if not, it is only stored, and its members are not fields
};

/// The mapping that the documents of to_document() need, each field once.
std::vector<FieldMapping> health_mapping(std::span<const Backfill> backfills);

/// Fails with `rejected` where a field is part of another one, as `a.b` is of `a`: no index can have both.
Result<void> check_mapping(std::span<const FieldMapping> mapping);

} // namespace health
