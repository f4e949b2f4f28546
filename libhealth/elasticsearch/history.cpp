#include <elasticsearch/history.hpp>

#include <elasticsearch/answer.hpp>
#include <elasticsearch/query.hpp>
#include <model/names.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <cmath>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

constexpr std::size_t page_size = 1000;

json::value exists(std::string_view field) {
    return {{"exists", {{"field", field}}}};
}

json::value term(std::string_view field, std::string_view value) {
    return {{"term", {{field, value}}}};
}

json::value none_of(json::array conditions) {
    return {{"bool", {{"must_not", std::move(conditions)}}}};
}

json::value not_all_of(json::array conditions) {
    return none_of({json::value{{"bool", {{"filter", std::move(conditions)}}}}});
}

/// Of the number in the order of number_names().
std::string average_name(std::size_t i) {
    return i == 0 ? "missing" : i == 1 ? "present" : derived_aggregation(i - 2);
}

json::value average(std::string_view field) {
    return {{"avg", {{"field", field}}}};
}

/// Whose snapshots: the first shape of documents does not say it.
json::value of_backfill(const Backfill& backfill) {
    return backfill.shape == DocumentShape::flat ? none_of({exists("backfill")}) : term("backfill", backfill.name);
}

json::object search_body(const Backfill& backfill, const Period& period, std::optional<std::int64_t> after) {
    json::array conditions{term("index", backfill.index), of_backfill(backfill),
                           json::value{{"range",
                                        {{"ts",
                                          {{"gte", to_rfc3339(period.from)},
                                           {"lt", to_rfc3339(period.to)},
                                           {"format", "strict_date_time_no_millis"}}}}}}};
    json::object averages;
    std::size_t i = 0;
    for (const NumberName& name : number_names(backfill)) {
        conditions.push_back(exists(name.document_path));
        averages[average_name(i++)] = average(name.document_path);
    }
    json::object stretches{
        {"size", page_size},
        {"sources", json::array{json::value{
                        {"ts",
                         {{"date_histogram",
                           {{"field", "ts"}, {"fixed_interval", fmt::format("{}s", period.every.count())}}}}}}}}};
    if (after)
        stretches["after"] = {{"ts", *after}};
    return {
        {"size", 0},
        {"track_total_hits", false},
        {"query", {{"bool", {{"filter", std::move(conditions)}}}}},
        {"aggs",
         {{"stretches", {{"composite", std::move(stretches)}, {"aggs", std::move(averages)}}},
          {"all",
           {{"global", json::object{}},
            {"aggs", {{"foreign", {{"filter", not_all_of({exists("ts"), exists("index"), exists("missing")})}}}}}}}}},
    };
}

std::optional<std::int64_t> whole_number(const json::value* value) {
    return value != nullptr && value->is_int64() ? std::optional(value->get_int64()) : std::nullopt;
}

const json::object* object_at(const json::object* object, std::string_view key) {
    const json::value* value = object == nullptr ? nullptr : object->if_contains(key);
    return value == nullptr ? nullptr : value->if_object();
}

const json::value* value_at(const json::object* object, std::string_view key) {
    return object == nullptr ? nullptr : object->if_contains(key);
}

/// An average of counts.
std::optional<double> average_of(const json::object& bucket, std::string_view key) {
    const json::value* value = value_at(object_at(&bucket, key), "value");
    if (value == nullptr || !value->is_number())
        return std::nullopt;
    const auto number = value->to_number<double>();
    return std::isfinite(number) && number >= 0 ? std::optional(number) : std::nullopt;
}

std::optional<HistoryPoint> to_point(const Backfill& backfill, const json::value& value) {
    const json::object* bucket = value.if_object();
    if (bucket == nullptr)
        return std::nullopt;
    const auto milliseconds = whole_number(value_at(object_at(bucket, "key"), "ts"));
    const auto snapshots = whole_number(value_at(bucket, "doc_count"));
    if (!milliseconds || !snapshots || *snapshots < 1)
        return std::nullopt;
    std::vector<double> averages;
    for (std::size_t i = 0; i < 2 + backfill.derived.size(); ++i) {
        const auto average = average_of(*bucket, average_name(i));
        if (!average)
            return std::nullopt;
        averages.push_back(*average);
    }
    return HistoryPoint{
        .ts = std::chrono::floor<std::chrono::seconds>(
            std::chrono::sys_time<std::chrono::milliseconds>(std::chrono::milliseconds(*milliseconds))),
        .snapshots = static_cast<std::uint64_t>(*snapshots),
        .missing = averages[0],
        .present = averages[1],
        .derived = {averages.begin() + 2, averages.end()},
    };
}

Result<json::object> health_search(const std::string& action, const remote::Answer& answer) {
    auto body = complete_search(action, answer);
    if (body || body.error().kind != ErrorKind::index_missing)
        return body;
    Error error = body.error();
    error.hint = "run create-index first, or check --health-index";
    return error;
}

} // namespace

Result<http::Request> history_request(const std::string& health_index, const Backfill& backfill, const Period& period,
                                      std::optional<std::int64_t> after) {
    return search(health_index, search_body(backfill, period, after));
}

Result<HistoryPage> to_history_page(const std::string& action, const Backfill& backfill, const remote::Answer& answer) {
    const auto body = health_search(action, answer);
    if (!body)
        return body.error();
    const json::object* aggregations = object_at(&*body, "aggregations");
    const json::object* stretches = object_at(aggregations, "stretches");
    const json::value* buckets = value_at(stretches, "buckets");
    const auto foreign = whole_number(value_at(object_at(object_at(aggregations, "all"), "foreign"), "doc_count"));
    if (buckets == nullptr || !buckets->is_array() || !foreign || *foreign < 0)
        return bad_response(action, answer, "the answer has no proper aggregations");
    HistoryPage out{.points = {}, .foreign = static_cast<std::uint64_t>(*foreign), .last = std::nullopt};
    for (const json::value& bucket : buckets->get_array()) {
        auto point = to_point(backfill, bucket);
        if (!point || (!out.points.empty() && point->ts <= out.points.back().ts))
            return bad_response(action, answer, "the answer has a stretch of time that is none");
        out.points.push_back(*point);
    }
    if (out.points.size() == page_size)
        out.last = std::chrono::milliseconds(out.points.back().ts.time_since_epoch()).count();
    return out;
}

Result<http::Request> latest_request(const std::string& health_index, const Backfill& backfill) {
    return search(
        health_index,
        {{"size", 0},
         {"track_total_hits", false},
         {"query", {{"bool", {{"filter", json::array{term("index", backfill.index), of_backfill(backfill)}}}}}},
         {"aggs", {{"latest", {{"max", {{"field", "ts"}}}}}}}});
}

Result<std::optional<Timestamp>> to_latest(const std::string& action, const remote::Answer& answer) {
    const auto body = health_search(action, answer);
    if (!body)
        return body.error();
    const json::value* value = value_at(object_at(object_at(&*body, "aggregations"), "latest"), "value");
    if (value != nullptr && value->is_null())
        return std::optional<Timestamp>();
    constexpr double year_10000 = 253402300800000; // milliseconds since 1970
    const double milliseconds = value != nullptr && value->is_number() ? value->to_number<double>() : -1;
    if (!(milliseconds >= 0 && milliseconds < year_10000))
        return bad_response(action, answer, "the answer has no proper time");
    return std::optional(Timestamp(std::chrono::seconds(static_cast<std::int64_t>(milliseconds / 1000))));
}

} // namespace health::elasticsearch
