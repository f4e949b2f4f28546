#pragma once

#include <boost/json/object.hpp>

#include <set>
#include <string>
#include <string_view>

namespace health::elasticsearch {

/// What a pipeline does to a field, as far as its definition shows it.
struct Effect {
    bool sets = false;
    bool sets_perhaps = false; ///< under a condition, or after a failure
    bool removes = false;
    bool removes_perhaps = false;
    std::set<std::string> opaque{};  ///< types of processors of which it cannot be seen
    std::set<std::string> missing{}; ///< pipelines that it calls and that do not exist
};

/// `pipelines` has the one of this name, and those that it calls.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/processors.html
Effect effect_of(const boost::json::object& pipelines, std::string_view name, std::string_view field);

/// The pipelines that this one calls by a name that does not depend on the document.
std::set<std::string> called_by(const boost::json::object& pipeline);

} // namespace health::elasticsearch
