#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>
#include <elasticsearch/api/send.hpp>
#include <model/backfill.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace health::elasticsearch {

/// The queries of a backfill that depend on how its fields are mapped.
struct PreparedQueries {
    std::vector<boost::json::value> broken{};     ///< for each rule, the documents that break it
    std::optional<boost::json::value> arrivals{}; ///< the documents that came in later than Backfill::arrivals_since
    std::vector<std::string> unmapped{};          ///< fields of the backfill that its rules name and no index maps
};

/// Asks how the fields of rules and the arrival fields are mapped. Where there are none, it asks for nothing.
std::vector<Result<PreparedQueries>> prepare_queries(const Send& send, std::span<const Backfill> backfills,
                                                     const Deadline& deadline);

/// The error of a search that the engine refused, with the rule that caused the refusal, if it is one of these.
Error attribute_to_rule(const Send& send, const Backfill& backfill, const PreparedQueries& prepared, Error error,
                        const Deadline& deadline);

} // namespace health::elasticsearch
