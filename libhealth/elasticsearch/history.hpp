#pragma once

#include <model/backfill.hpp>
#include <model/history.hpp>
#include <remote/service.hpp>

#include <optional>
#include <string>

namespace health::elasticsearch {

struct HistoryPage {
    std::vector<HistoryPoint> points;
    std::uint64_t foreign = 0;
    std::optional<std::int64_t> last; ///< the key behind which the next page begins; none when this is the last page
};

/// A search for the intervals behind the key `after`, of which one answer has a limited number.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-aggregations-bucket-composite-aggregation.html
Result<http::Request> history_request(const std::string& health_index, const Backfill& backfill, const Period& period,
                                      std::optional<std::int64_t> after);

Result<HistoryPage> to_history_page(const std::string& action, const Backfill& backfill, const remote::Answer& answer);

/// A search for the time of the latest snapshot.
Result<http::Request> latest_request(const std::string& health_index, const Backfill& backfill);

Result<std::optional<Timestamp>> to_latest(const std::string& action, const remote::Answer& answer);

} // namespace health::elasticsearch
