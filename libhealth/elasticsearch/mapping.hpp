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

/// Holds the mapping that an index has ({"properties": ...}) against the one that it should have. A type that
/// takes the same values (long for integer) is no conflict.
MappingDifference compare_mapping(std::span<const FieldMapping> wanted, const boost::json::object& existing);

} // namespace health::elasticsearch
