#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <map>
#include <set>
#include <string>
#include <string_view>

/// Which of the indices of a data stream or an alias takes new documents; from GET /INDEX with flat settings.
namespace health::elasticsearch {

/// Empty for an index that belongs to none.
std::string data_stream_of(const boost::json::value& index);

/// By the name of the data stream, its newest index.
std::map<std::string, std::string> newest_of_streams(const boost::json::object& indices);

/// Whether index `a` was created after `b`.
bool is_newer(const boost::json::object& indices, std::string_view a, std::string_view b);

/// The aliases that have this name or match this pattern.
std::set<std::string> aliases(const boost::json::object& indices, std::string_view name);

/// The index that an alias writes to; empty when it has several and none is marked.
std::string write_index(const boost::json::object& indices, std::string_view alias);

/// All indices but those that have been succeeded by another one.
std::set<std::string> writing_indices(const boost::json::object& indices);

} // namespace health::elasticsearch
