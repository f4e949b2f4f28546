#include <elasticsearch/history.hpp>

#include <base/json.hpp>
#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/query.hpp>
#include <model/names.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

/// In an answer: the last snapshot, and each number in it.
std::size_t bytes_of_an_interval(const Backfill& backfill) {
    return 300 + 40 * (2 + backfill.derived.size());
}

std::size_t snapshots_of_a_page(const Backfill& backfill) {
    constexpr std::size_t max_intervals = 1000;
    constexpr std::size_t max_bytes = 1U << 20U;
    return std::min(max_intervals, max_bytes / bytes_of_an_interval(backfill) + 1);
}

json::value term(std::string_view field, std::string_view value) {
    return {{"term", {{field, value}}}};
}

json::value not_all_of(json::array conditions) {
    return none_of({all_of(std::move(conditions))});
}

/// An engine returns at most 100 fields of a hit (index.max_docvalue_fields_search), so the last snapshot of an
/// interval may take several aggregations.
constexpr std::size_t fields_of_a_hit = 100;

std::string last_name(std::size_t i) {
    return i == 0 ? "last" : fmt::format("last_{}", i);
}

/// Reads the fields as they are indexed, so that a number that was written as text counts as well.
json::object last_snapshots(std::span<const NumberName> names) {
    json::object out;
    for (std::size_t i = 0; i * fields_of_a_hit < names.size(); ++i) {
        json::array fields;
        for (const NumberName& name :
             names.subspan(i * fields_of_a_hit).first(std::min(fields_of_a_hit, names.size() - i * fields_of_a_hit)))
            fields.emplace_back(name.document_path);
        // Of two at the same second, the one that was written later.
        // A `date_nanos` would be sorted, and returned, in nanoseconds.
        const json::array latest_first{json::value{{key::ts, {{"order", "desc"}, {"numeric_type", "date"}}}},
                                       json::value{{"_seq_no", "desc"}}};
        out[last_name(i)] = {
            {"top_hits",
             {{"size", 1}, {"_source", false}, {"sort", latest_first}, {"docvalue_fields", std::move(fields)}}}};
    }
    return out;
}

/// The backfill's snapshots: those of the flat shape do not name it.
json::value of_backfill(const Backfill& backfill) {
    return backfill.shape == DocumentShape::flat ? none_of({exists(key::backfill)})
                                                 : term(key::backfill, backfill.name);
}

} // namespace

json::object history_search(const Backfill& backfill, const Period& period, std::optional<std::int64_t> after) {
    json::array conditions{term(key::index, backfill.index), of_backfill(backfill),
                           json::value{{"range",
                                        {{key::ts,
                                          {{"gte", to_rfc3339(period.from)},
                                           {"lt", to_rfc3339(period.to)},
                                           {"format", "strict_date_time_no_millis"}}}}}}};
    const auto names = number_names(backfill);
    for (const NumberName& name : names)
        conditions.push_back(exists(name.document_path));
    json::object intervals{
        {"size", snapshots_of_a_page(backfill)},
        {"sources", json::array{json::value{
                        {key::ts,
                         {{"date_histogram",
                           {{"field", key::ts}, {"fixed_interval", fmt::format("{}s", period.every.count())}}}}}}}}};
    if (after)
        intervals["after"] = {{key::ts, *after}};
    return {
        {"size", 0},
        {"track_total_hits", false},
        {"query", all_of(std::move(conditions))},
        {"aggs",
         {{"intervals", {{"composite", std::move(intervals)}, {"aggs", last_snapshots(names)}}},
          {"all",
           {{"global", json::object{}},
            {"aggs",
             {{"foreign", {{"filter", not_all_of({exists(key::ts), exists(key::index), exists(key::missing)})}}}}}}}}},
    };
}

namespace {

std::optional<Timestamp> time_of(std::optional<std::uint64_t> milliseconds) {
    return milliseconds ? from_epoch_milliseconds(static_cast<std::int64_t>(*milliseconds)) : std::nullopt;
}

const json::value* first_of(const json::array* values) {
    return values == nullptr || values->empty() ? nullptr : &values->front();
}

std::optional<Snapshot> to_last(const Backfill& backfill, std::span<const NumberName> names,
                                const json::value& bucket) {
    std::optional<Timestamp> ts;
    std::vector<std::uint64_t> counts;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const json::array* hits = find_array(bucket, {last_name(i / fields_of_a_hit), "hits", "hits"});
        if (hits == nullptr || hits->size() != 1)
            return std::nullopt;
        const json::value& hit = hits->front();
        const auto time = time_of(as_count(first_of(find_array(hit, {"sort"}))));
        const auto count = as_count(first_of(find_array(hit, {"fields", names[i].document_path})));
        if (!time || (ts && time != ts) || !count)
            return std::nullopt;
        ts = time;
        counts.push_back(*count);
    }
    return snapshot_from(backfill.index, counts, *ts);
}

std::optional<HistoryPoint> to_point(const Backfill& backfill, std::span<const NumberName> names,
                                     const json::value& bucket) {
    const auto begin = time_of(find_count(bucket, {"key", key::ts}));
    const auto snapshots = find_count(bucket, {"doc_count"});
    if (!begin || snapshots.value_or(0) == 0)
        return std::nullopt;
    auto last = to_last(backfill, names, bucket);
    if (!last || last->ts < *begin)
        return std::nullopt;
    return HistoryPoint{.begin = *begin, .snapshots = *snapshots, .last = *std::move(last)};
}

Result<json::object> health_search(const std::string& action, const remote::Answer& answer) {
    auto body = complete_search(action, answer);
    if (body || body.error().kind != ErrorKind::index_missing)
        return body;
    return with_hint(body.error(), Remedy::create_or_check_health_index);
}

} // namespace

Result<HistoryPage> to_history_page(const std::string& action, const Backfill& backfill, const remote::Answer& answer) {
    const auto body = health_search(action, answer);
    if (!body)
        return body.error();
    const json::array* buckets = find_array(*body, {"aggregations", "intervals", "buckets"});
    const auto foreign = find_count(*body, {"aggregations", "all", "foreign", "doc_count"});
    if (buckets == nullptr || !foreign)
        return bad_response(action, answer, "the answer has no valid aggregations");
    HistoryPage out{.points = {}, .foreign = *foreign, .last = std::nullopt};
    const auto names = number_names(backfill);
    for (const json::value& bucket : *buckets) {
        auto point = to_point(backfill, names, bucket);
        if (!point || (!out.points.empty() && point->begin <= out.points.back().begin))
            return bad_response(action, answer, "the answer has a malformed time bucket");
        out.points.push_back(*std::move(point));
    }
    if (out.points.size() == snapshots_of_a_page(backfill))
        out.last = std::chrono::milliseconds(out.points.back().begin.time_since_epoch()).count();
    return out;
}

std::size_t expected_bytes(const Backfill& backfill, const Period& period) {
    const auto intervals = static_cast<std::size_t>((period.to - period.from) / period.every) + 1;
    return std::min(intervals, snapshots_of_a_page(backfill)) * bytes_of_an_interval(backfill);
}

json::object latest_search(const Backfill& backfill) {
    return {{"size", 0},
            {"track_total_hits", false},
            {"query", all_of({term(key::index, backfill.index), of_backfill(backfill)})},
            {"aggs", {{"latest", {{"max", {{"field", key::ts}}}}}}}};
}

Result<std::optional<Timestamp>> to_latest(const std::string& action, const remote::Answer& answer) {
    const auto body = health_search(action, answer);
    if (!body)
        return body.error();
    const json::value* value = find(*body, {"aggregations", "latest", "value"});
    if (value != nullptr && value->is_null())
        return std::optional<Timestamp>();
    const double milliseconds = value != nullptr && value->is_number() ? value->to_number<double>() : -1;
    constexpr double largest = 9e18; // for the conversion
    const auto time = milliseconds >= 0 && milliseconds < largest
                          ? from_epoch_milliseconds(static_cast<std::int64_t>(milliseconds))
                          : std::nullopt;
    if (!time)
        return bad_response(action, answer, "the answer has no valid time");
    return time;
}

} // namespace health::elasticsearch
