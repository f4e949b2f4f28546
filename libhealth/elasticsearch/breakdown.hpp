#pragma once

#include <model/backfill.hpp>
#include <model/breakdown.hpp>
#include <remote/service.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <vector>

namespace health::elasticsearch {

/// A page of the groups, exact and in the order of their values: those after `after`, or the first.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-aggregations-bucket-composite-aggregation.html
Result<http::Request> breakdown_request(const Backfill& backfill, const Grouping& grouping,
                                        const std::optional<boost::json::value>& after);

struct GroupPage {
    std::vector<Group> groups;
    std::optional<boost::json::value> last; ///< set when there may be another page
};

Result<GroupPage> to_group_page(const std::string& action, const Grouping& grouping, const remote::Answer& answer);

Result<http::Request> samples_request(const Backfill& backfill, std::size_t limit);
Result<std::vector<DocumentId>> to_samples(const std::string& action, const remote::Answer& answer);

} // namespace health::elasticsearch
