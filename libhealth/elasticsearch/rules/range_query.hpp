#pragma once

#include <elasticsearch/rules/mapped_field.hpp>
#include <model/rules/broken_values.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string>

namespace health::elasticsearch {

/// The documents that have a value of the field in the range; none where the field's type has no such value. Engines
/// refuse limits that the type does not have, and round a date up to the end of its day, so dates are full instants.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/query-dsl-range-query.html
std::optional<boost::json::value> range_query(const std::string& name, const MappedField& field,
                                              const ValueRange& range, Instant now);

} // namespace health::elasticsearch
