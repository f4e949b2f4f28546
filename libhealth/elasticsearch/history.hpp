#pragma once

#include <model/backfill.hpp>
#include <model/history.hpp>
#include <remote/service.hpp>

#include <boost/json/object.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace health::elasticsearch {

struct HistoryPage {
    std::vector<HistoryPoint> points;
    std::uint64_t foreign = 0;
    std::optional<std::int64_t> last; ///< the key after which the next page begins; none on the last page
};

/// A search for one page of the intervals, beginning after the key `after`.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-aggregations-bucket-composite-aggregation.html
boost::json::object history_search(const Backfill& backfill, const Period& period, std::optional<std::int64_t> after);

Result<HistoryPage> to_history_page(const std::string& action, const Backfill& backfill, const remote::Answer& answer);

/// In the answer with one page.
std::size_t expected_bytes(const Backfill& backfill, const Period& period);

/// A search for the time of the latest snapshot.
boost::json::object latest_search(const Backfill& backfill);

Result<std::optional<Timestamp>> to_latest(const std::string& action, const remote::Answer& answer);

} // namespace health::elasticsearch
