#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/api/field_caps.hpp>
#include <elasticsearch/api/query.hpp>
#include <elasticsearch/doctor/checks.hpp>
#include <model/expectation.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

constexpr std::size_t max_sampled = 100;

/// A field that is counted.
struct CountedField {
    std::string field;
    std::string in_source; ///< where a document has its values: not where a multi-field is
    std::string name;      ///< in the request: of an aggregation, and of a clause of the filter
};

std::vector<CountedField> counted_fields(const Backfill& backfill, const json::object& caps) {
    std::vector<CountedField> out{{backfill.field, whole_field(caps, backfill.field), "field"}};
    for (std::size_t i = 0; i < backfill.derived.size(); ++i)
        out.push_back({backfill.derived[i], whole_field(caps, backfill.derived[i]), derived_aggregation(i)});
    return out;
}

bool counts_as_without(const json::object& hit, const std::string& name) {
    const json::array* matched = find_array(hit, {"matched_queries"});
    return matched != nullptr && std::ranges::find(*matched, json::value(name)) != matched->end();
}

struct SampledDocuments {
    std::size_t documents = 0; ///< that count as missing some field
    std::size_t readable = 0;  ///< of these, with a _source
};

/// The finding about the first field for which documents count as missing it although they have a value.
std::optional<Finding> check_sources(const json::array& hits, const std::vector<CountedField>& fields,
                                     SampledDocuments& sampled) {
    for (const auto& [field, in_source, name] : fields) {
        std::size_t without = 0;
        std::size_t dropped = 0;
        std::string example;
        for (const json::value& value : hits) {
            const json::object* hit = value.if_object();
            if (hit == nullptr || !counts_as_without(*hit, name))
                continue;
            ++without;
            const json::object* source = find_object(*hit, {"_source"});
            sampled.readable += source != nullptr ? 1 : 0;
            if (source == nullptr || is_absent(values_at(*source, in_source)))
                continue;
            ++dropped;
            if (example.empty())
                example = fmt::format("{} of {}", printable(find_text(*hit, {"_id"}), 60),
                                      printable(find_text(*hit, {"_index"}), 60));
        }
        sampled.documents += without;
        if (dropped > 0)
            return Finding{
                .check = "ignored",
                .severity = Severity::problem,
                .message =
                    fmt::format("{} of {} sampled documents that count as missing {} have a value for it, such as "
                                "{}: the value is not indexed",
                                dropped, without, printable(field, 80), example),
                .hint = "check its mapping: ignore_above, ignore_malformed, dynamic, enabled, index and doc_values"};
    }
    return std::nullopt;
}

} // namespace

json::object ignored_request(const Backfill& backfill, const json::object& caps) {
    json::object counts;
    json::array without;
    json::array sources;
    for (const auto& [field, in_source, name] : counted_fields(backfill, caps)) {
        const json::value ignored{{"term", {{"_ignored", field}}}};
        json::value lacks = none_of({exists(field)});
        counts[name] = json::value{{"filter", all_of({lacks, ignored})}};
        lacks.as_object()["bool"].as_object()["_name"] = name;
        without.push_back(std::move(lacks));
        sources.emplace_back(in_source);
    }
    return {{"size", max_sampled},
            {"track_total_hits", false},
            {"_source", std::move(sources)},
            {"query", population_query(backfill)},
            {"post_filter", {{"bool", {{"should", std::move(without)}, {"minimum_should_match", 1}}}}},
            {"aggs", std::move(counts)}};
}

Finding check_ignored(const json::object& body, const Backfill& backfill, const json::object& caps) {
    const std::vector<CountedField> fields = counted_fields(backfill, caps);
    for (const auto& [field, in_source, name] : fields) {
        const auto count = find_count(body, {"aggregations", name, "doc_count"});
        if (!count)
            return health::not_checked("ignored", "the answer lacks a count");
        if (*count > 0)
            return {.check = "ignored",
                    .severity = Severity::problem,
                    .message = fmt::format("{} {}, but the value was dropped (ignore_above or ignore_malformed): each "
                                           "counts as missing it",
                                           count_of(*count, "document") + (*count == 1 ? " has" : " have"),
                                           printable(field, 80)),
                    .hint = fmt::format("search for \"_ignored\": \"{}\", and correct these values or the mapping",
                                        printable(field, 80))};
    }
    // Not every engine records dropped values, and none records what its mapping leaves out.
    const json::array* hits = find_array(body, {"hits", "hits"});
    if (hits == nullptr)
        return health::not_checked("ignored", "the answer lacks documents");
    SampledDocuments sampled;
    if (auto found = check_sources(*hits, fields, sampled))
        return *std::move(found);
    if (sampled.readable < sampled.documents)
        return health::not_checked("ignored", "some documents have no _source that can be read");
    if (hits->size() < max_sampled)
        return {.check = "ignored", .message = "no document has a value that was dropped"};
    return {.check = "ignored",
            .message = fmt::format("none of {} sampled documents has a value that was dropped", hits->size())};
}

} // namespace health::elasticsearch
