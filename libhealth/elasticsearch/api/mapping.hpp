#pragma once

#include <model/document.hpp>

#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <vector>

namespace health::elasticsearch {

/// {"properties": {...}}; a dot in a field leads into an object.
boost::json::object to_json(std::span<const FieldMapping> mapping);

struct MappingDifference {
    std::vector<FieldMapping> lacking;
    std::string conflict; ///< names the field and both types; empty when there is none
};

/// The fields of a health document that the mapping lacks: on a write the engine would guess their types.
std::vector<std::string> unmapped_fields(const boost::json::object& document, const boost::json::object& mapping);

/// Whether an index is closed; from GET /INDEX with flat settings.
bool is_closed(const boost::json::value& index);

/// Compares the mapping of an index ({"properties": ...}) with the one that it should have. A type that accepts the
/// same values (long for integer) is not a conflict.
MappingDifference compare_mapping(std::span<const FieldMapping> wanted, const boost::json::object& existing);

} // namespace health::elasticsearch
