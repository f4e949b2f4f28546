#pragma once

#include <model/backfill.hpp>
#include <model/breakdown.hpp>
#include <model/sampling.hpp>
#include <remote/service.hpp>

#include <string>
#include <vector>

namespace health::elasticsearch {

/// All groups, in one search. `composite` would have pages, but counts a document once for each of its values that are
/// in the group, before Elasticsearch 8 and on OpenSearch; these count documents everywhere:
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-aggregations-bucket-terms-aggregation.html
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-aggregations-bucket-datehistogram-aggregation.html
Result<http::Request> breakdown_request(const Backfill& backfill, const Grouping& grouping);

/// In the order of the answer. With more than max_groups it is an error.
Result<std::vector<Group>> to_groups(const std::string& action, const Grouping& grouping, const remote::Answer& answer);

/// Of documents that match the query, with the values of these fields.
Result<http::Request> samples_request(const std::string& index, const boost::json::value& query,
                                      const std::vector<std::string>& fields, std::size_t limit);
Result<std::vector<SampleDocument>> to_samples(const std::string& action, const std::vector<std::string>& fields,
                                               const remote::Answer& answer);

} // namespace health::elasticsearch
