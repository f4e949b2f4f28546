#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>
#include <elasticsearch/api/send.hpp>
#include <elasticsearch/rules/mapped_field.hpp>

#include <boost/json/value.hpp>

#include <span>
#include <string>

namespace health::elasticsearch {

/// How the indices of the expression map these fields. An error begins with `action`, as of refusal().
Result<MappedFields> map_fields(const Send& send, const std::string& action, const std::string& index,
                                std::span<const std::string> fields, const Deadline& deadline);

/// Whether the engine runs the query for the documents that break a rule; the error does not name the rule. The index
/// expression must have passed index_path().
Result<void> try_rule(const Send& send, const std::string& action, const std::string& index,
                      const boost::json::value& broken, const Deadline& deadline);

} // namespace health::elasticsearch
