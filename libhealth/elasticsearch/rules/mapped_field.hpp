#pragma once

#include <model/rules/rule.hpp>

#include <boost/json/object.hpp>

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace health::elasticsearch {

/// How the indices map a field that a rule names, as far as it decides what its values can be compared with.
struct MappedField {
    enum class Kind {
        nowhere,    ///< in no index
        whole,      ///< integers
        fractional, ///< floating-point numbers
        date,
        keyword,
        boolean,
        unusable, ///< by rules
    };

    Kind kind = Kind::nowhere;
    std::string types{};      ///< as the engine calls them: "long", "long and keyword"
    std::string why_not{};    ///< if it is unusable: "is text"
    ExactNumber smallest = 0; ///< the limits of numbers, and of dates in milliseconds since 1970
    ExactNumber greatest = 0;
};

/// What fields of this type can be compared with; unusable where rules know nothing of their values.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/mapping-types.html
MappedField::Kind kind_of_type(std::string_view engine_type);

using MappedFields = std::map<std::string, MappedField>;

/// The requests that ask how the fields are mapped, few enough fields in each for a request line.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-field-caps.html
std::vector<std::string> field_types_targets(const std::string& index_path, std::span<const std::string> fields);

/// From the answer to such a request.
MappedField mapped_field(const boost::json::object& caps, const std::string& field);

} // namespace health::elasticsearch
