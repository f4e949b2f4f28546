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

/// The fields of a document of the health index that the mapping lacks: a write would make the engine guess them.
std::vector<std::string> unmapped_fields(const boost::json::object& document, const boost::json::object& mapping);

/// Holds the mapping that an index has ({"properties": ...}) against the one that it should have. A type that
/// takes the same values (long for integer) is no conflict.
MappingDifference compare_mapping(std::span<const FieldMapping> wanted, const boost::json::object& existing);

} // namespace health::elasticsearch
