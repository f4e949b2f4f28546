#pragma once

#include <base/error.hpp>
#include <model/backfill.hpp>
#include <remote/service.hpp>

#include <boost/json/object.hpp>

#include <set>
#include <string>
#include <string_view>
#include <vector>

/// How fields are mapped, from _field_caps.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-field-caps.html
namespace health::elasticsearch {

/// A field as a request to _field_caps names it, for a URL: also the objects around it, and what is inside of it.
std::string caps_names(const std::string& field);

/// For the fields of the backfill.
std::string field_caps_target(const std::string& index_path, const Backfill& backfill);

/// The answer to a request for fields, in which no index is missing.
Result<boost::json::object> complete_caps(const std::string& action, const remote::Answer& answer);

/// How a field is mapped in the indices.
struct FieldCaps {
    std::string as; ///< "keyword", "keyword and text"; empty when nowhere
    std::set<std::string, std::less<>> types;
    bool searchable = true;          ///< in all indices
    bool aggregatable = true;        ///< in all indices: it has doc values
    bool visible_to_exists = true;   ///< in all indices: an exists query finds it
    std::vector<std::string> not_in; ///< indices without the field
    /// Where it has several types: "date in a, long in b and 2 more"; else empty.
    std::string mixture;
};

FieldCaps field_caps(const boost::json::object& caps, std::string_view field);

/// "a", "a.b" and "a.b.c": the objects around a field, outermost first, and the field itself.
std::vector<std::string> path_to(const std::string& field);

/// The nested object that contains the field, or that it is itself: queries do not look into it. Empty when there is
/// none.
std::string nested_around(const boost::json::object& caps, const std::string& field);

/// The flattened field that the field is a part of: what is in it is searched without a mapping of its own. Empty when
/// there is none.
std::string flattened_around(const boost::json::object& caps, const std::string& field);

/// Types that _field_caps does not tell apart get the same name.
std::string_view family(std::string_view type);

/// Whether fields of the type have values of their own: those of objects, and of what is like one, are in their parts.
bool has_values(const std::string& type);

/// The field whose values it has: `subject` for the multi-field `subject.keyword`, itself for any other.
std::string whole_field(const boost::json::object& caps, const std::string& field);

/// `field.keyword`, or whatever it is called; empty when there is none.
std::string exact_subfield(const boost::json::object& caps, const std::string& field);

} // namespace health::elasticsearch
