#include <elasticsearch/breakdown.hpp>

#include <base/json.hpp>
#include <elasticsearch/answer.hpp>
#include <elasticsearch/query.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

constexpr std::size_t page_size = 1000;

json::value source(const Grouping& grouping) {
    json::object out{{"field", grouping.field}, {"missing_bucket", true}};
    if (!grouping.interval)
        return {{"terms", std::move(out)}};
    out["calendar_interval"] = to_string(*grouping.interval);
    return {{"date_histogram", std::move(out)}};
}

/// A key as people write it: in the answer, times are milliseconds since 1970.
std::optional<std::string> name_of_key(const Grouping& grouping, const json::value& key) {
    if (!grouping.interval)
        return key.is_string() ? std::string(key.get_string()) : json::serialize(key);
    const auto begin = key.is_int64() ? from_epoch_milliseconds(key.get_int64()) : std::nullopt;
    return begin ? std::optional(name_of(*grouping.interval, *begin)) : std::nullopt;
}

std::optional<Group> to_group(const Grouping& grouping, const json::value& value) {
    const json::object* bucket = value.if_object();
    if (bucket == nullptr)
        return std::nullopt;
    const json::value* key = find(*bucket, {"key", "value"});
    const auto documents = find_count(*bucket, {"doc_count"});
    const auto missing = find_count(*bucket, {"missing", "doc_count"});
    if (key == nullptr || key->is_structured() || !documents || !missing || *missing > *documents)
        return std::nullopt;
    Group out{.value = {}, .missing = *missing, .documents = *documents};
    if (key->is_null())
        return out;
    out.value = name_of_key(grouping, *key);
    return out.value ? std::optional(std::move(out)) : std::nullopt;
}

} // namespace

Result<http::Request> breakdown_request(const Backfill& backfill, const Grouping& grouping,
                                        const std::optional<json::value>& after) {
    json::object composite{{"size", page_size}, {"sources", json::array{json::value{{"value", source(grouping)}}}}};
    if (after)
        composite["after"] = {{"value", *after}};
    return search(
        backfill.index,
        {{"size", 0},
         {"track_total_hits", false},
         {"query", population_query(backfill)},
         {"aggs",
          {{"groups",
            {{"composite", std::move(composite)}, {"aggs", {{"missing", {{"filter", missing_query(backfill)}}}}}}}}}});
}

Result<GroupPage> to_group_page(const std::string& action, const Grouping& grouping, const remote::Answer& answer) {
    const auto body = complete_search(action, answer);
    if (!body) {
        Error error = body.error();
        if (error.kind == ErrorKind::rejected && answer.response.status == 400)
            error.hint = grouping.interval ? fmt::format("is {} a date field?", grouping.field)
                                           : fmt::format("is {0} a text field? try {0}.keyword", grouping.field);
        return error;
    }
    const json::value* buckets = find(*body, {"aggregations", "groups", "buckets"});
    if (buckets == nullptr || !buckets->is_array())
        return bad_response(action, answer, "the answer has no valid aggregations");
    GroupPage out;
    for (const json::value& bucket : buckets->get_array()) {
        auto group = to_group(grouping, bucket);
        if (!group)
            return bad_response(action, answer, "the answer has a malformed group");
        out.groups.push_back(*std::move(group));
    }
    if (out.groups.size() >= page_size)
        out.last = *find(buckets->get_array().back().get_object(), {"key", "value"});
    return out;
}

Result<http::Request> samples_request(const Backfill& backfill, std::size_t limit) {
    return search(backfill.index, {{"size", limit},
                                   {"track_total_hits", false},
                                   {"_source", false},
                                   {"sort", json::array{"_doc"}},
                                   {"query", missing_query(backfill)}});
}

Result<std::vector<DocumentId>> to_samples(const std::string& action, const remote::Answer& answer) {
    const auto body = complete_search(action, answer);
    if (!body)
        return body.error();
    const json::value* hits = find(*body, {"hits", "hits"});
    if (hits == nullptr || !hits->is_array())
        return bad_response(action, answer, "the answer has no valid hits");
    std::vector<DocumentId> out;
    for (const json::value& hit : hits->get_array()) {
        const json::value* index = hit.is_object() ? find(hit.get_object(), {"_index"}) : nullptr;
        const json::value* id = hit.is_object() ? find(hit.get_object(), {"_id"}) : nullptr;
        if (index == nullptr || !index->is_string() || id == nullptr || !id->is_string())
            return bad_response(action, answer, "the answer has a document without an id");
        out.push_back({.index = std::string(index->get_string()), .id = std::string(id->get_string())});
    }
    return out;
}

} // namespace health::elasticsearch
