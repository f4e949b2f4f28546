#include <elasticsearch/breakdown.hpp>

#include <base/json.hpp>
#include <base/json_text.hpp>
#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/multi_search.hpp>
#include <elasticsearch/api/query.hpp>
#include <remote/status.hpp>
#include <store/checks.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

json::value groups_by(const Grouping& grouping) {
    if (grouping.interval)
        return {
            {"date_histogram",
             {{"field", grouping.field}, {"calendar_interval", to_string(*grouping.interval)}, {"min_doc_count", 1}}}};
    return {{"terms", {{"field", grouping.field}, {"size", max_groups}}}};
}

/// A value as people write it: in the answer, times are milliseconds since 1970, and a truth is a number.
std::optional<std::string> name_of_group(const Grouping& grouping, const json::object& bucket) {
    const json::value* key = find(bucket, {"key"});
    if (key == nullptr || key->is_structured() || key->is_null())
        return std::nullopt;
    if (!grouping.interval) {
        std::string text = find_text(bucket, {"key_as_string"});
        if (text == "true" || text == "false")
            return text;
        return key->is_string() ? std::string(key->get_string()) : json_text(*key);
    }
    const auto begin = key->is_int64() ? from_epoch_milliseconds(key->get_int64()) : std::nullopt;
    return begin ? std::optional(name_of(*grouping.interval, *begin)) : std::nullopt;
}

/// Without the value.
std::optional<Group> to_counts(const json::object& bucket) {
    const auto documents = find_count(bucket, {"doc_count"});
    const auto missing = find_count(bucket, {"missing", "doc_count"});
    if (!documents || !missing || *missing > *documents)
        return std::nullopt;
    return Group{.value = {}, .missing = *missing, .documents = *documents};
}

std::optional<Group> to_group(const Grouping& grouping, const json::value& value) {
    const json::object* bucket = value.if_object();
    auto out = bucket == nullptr ? std::nullopt : to_counts(*bucket);
    if (!out)
        return std::nullopt;
    out->value = name_of_group(grouping, *bucket);
    return out->value ? out : std::nullopt;
}

} // namespace

Result<http::Request> breakdown_request(const Backfill& backfill, const Grouping& grouping) {
    const json::value counts{{"missing", {{"filter", missing_query(backfill)}}}};
    json::object groups = groups_by(grouping).get_object();
    groups["aggs"] = counts;
    const json::value without = none_of({exists(grouping.field)});
    return search(backfill.index,
                  {{"size", 0},
                   {"track_total_hits", false},
                   {"query", population_query(backfill)},
                   {"aggs", {{"groups", std::move(groups)}, {"without", {{"filter", without}, {"aggs", counts}}}}}});
}

Result<std::vector<Group>> to_groups(const std::string& action, const Grouping& grouping,
                                     const remote::Answer& answer) {
    const auto body = complete_search(action, answer);
    if (!body) {
        if (remote::exceeds_bucket_limit(answer.response))
            return Error{ErrorKind::usage,
                         fmt::format("{} has more values than Elasticsearch returns at once (search.max_buckets)",
                                     grouping.field),
                         too_many_groups(grouping).hint};
        Error error = body.error();
        if (error.kind == ErrorKind::rejected && answer.response.status == 400)
            error.hint = grouping.interval ? fmt::format("is {} a date field?", grouping.field)
                                           : fmt::format("is {0} a text field? try {0}.keyword", grouping.field);
        return error;
    }
    const json::value* buckets = find(*body, {"aggregations", "groups", "buckets"});
    const json::value* rest = find(*body, {"aggregations", "without"});
    const auto without = rest != nullptr && rest->is_object() ? to_counts(rest->get_object()) : std::nullopt;
    if (buckets == nullptr || !buckets->is_array() || !without)
        return bad_response(action, answer, "the answer has no valid aggregations");
    std::vector<Group> out;
    for (const json::value& bucket : buckets->get_array()) {
        auto group = to_group(grouping, bucket);
        if (!group)
            return bad_response(action, answer, "the answer has a malformed group");
        out.push_back(*std::move(group));
    }
    if (without->documents > 0)
        out.push_back(*without);
    // Of terms, what is over the limit is left out, and the groups that are there may lack documents.
    const auto left_out = find_count(*body, {"aggregations", "groups", "sum_other_doc_count"});
    if (!grouping.interval && !left_out)
        return bad_response(action, answer, "the answer does not say how much it leaves out");
    if (out.size() > max_groups || left_out.value_or(0) > 0)
        return too_many_groups(grouping);
    return out;
}

Result<http::Request> samples_request(const std::string& index, const json::value& query,
                                      const std::vector<std::string>& fields, std::size_t limit) {
    json::object body{{"size", limit},
                      {"track_total_hits", false},
                      {"_source", false},
                      {"sort", json::array{"_doc"}},
                      {"query", query}};
    if (!fields.empty())
        body["fields"] = json::value_from(fields);
    return search(index, std::move(body));
}

Result<std::vector<SampleDocument>> to_samples(const std::string& action, const std::vector<std::string>& fields,
                                               const remote::Answer& answer) {
    const auto body = complete_search(action, answer);
    if (!body)
        return body.error();
    const json::array* hits = find_array(*body, {"hits", "hits"});
    if (hits == nullptr)
        return bad_response(action, answer, "the answer has no valid hits");
    std::vector<SampleDocument> out;
    for (const json::value& hit : *hits) {
        auto document = document_of(action, answer, hit);
        if (!document)
            return document.error();
        SampleDocument& sample = out.emplace_back(SampleDocument{.document = *std::move(document)});
        for (const std::string& field : fields) {
            const json::array* values = find_array(hit, {"fields", field});
            if (values == nullptr)
                return bad_response(action, answer, "the answer has a document without its values");
            sample.values.emplace_back(field, *values);
        }
    }
    return out;
}

} // namespace health::elasticsearch
