#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>
#include <model/backfill.hpp>
#include <remote/service.hpp>

#include <boost/json/value.hpp>

#include <span>
#include <string>
#include <vector>

namespace health::elasticsearch {

struct PreparedRules {
    std::vector<boost::json::value> broken{}; ///< for each rule, the query for the documents that break it
    std::vector<std::string> unknown{};       ///< fields of the backfill that no index maps
};

/// Asks how the fields of the rules are mapped. Without rules, it asks for nothing.
std::vector<Result<PreparedRules>> prepare_rules(remote::Service& service, std::span<const Backfill> backfills,
                                                 const Deadline& deadline);

/// The error of a search that the engine refused, with the rule at which it takes offence, if it is one of these.
Error blame_rule(remote::Service& service, const Backfill& backfill, const PreparedRules& rules, Error error,
                 const Deadline& deadline);

} // namespace health::elasticsearch
