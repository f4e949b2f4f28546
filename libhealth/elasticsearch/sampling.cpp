#include <elasticsearch/sampling.hpp>

#include <base/json.hpp>
#include <base/printable.hpp>
#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/multi_search.hpp>
#include <elasticsearch/api/query.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <simdjson.h>

#include <algorithm>
#include <limits>
#include <map>
#include <set>
#include <tuple>

namespace health::elasticsearch {

namespace json = boost::json;
namespace ondemand = simdjson::ondemand;

namespace {

using Identity = std::tuple<std::string, std::string, std::string>; ///< index, id, routing

Identity identity_of(const DocumentKey& key) {
    return {key.id.index, key.id.id, key.place};
}

Result<DocumentKey> to_key(const std::string& action, const remote::Answer& answer, const json::value& hit) {
    auto id = document_of(action, answer, hit);
    if (!id)
        return id.error();
    return DocumentKey{.id = *std::move(id), .place = find_text(hit, {"_routing"})};
}

/// The hits, of which there must be as many as the engine counts, or as were asked for.
Result<std::vector<json::value>> whole_hits(const std::string& action, const remote::Answer& answer,
                                            const json::object& body, std::size_t limit) {
    const json::array* hits = find_array(body, {"hits", "hits"});
    const auto total = find_count(body, {"hits", "total", "value"});
    if (hits == nullptr || !total)
        return bad_response(action, answer, "the answer has no valid hits");
    if (find_text(body, {"hits", "total", "relation"}) != "eq")
        return partial(action, answer, "its total is a lower bound");
    if (hits->size() != std::min<std::uint64_t>(*total, limit))
        return bad_response(action, answer, "the answer has an unexpected number of documents");
    return std::vector<json::value>(hits->begin(), hits->end());
}

/// The documents' ids in an index, by which a search finds them.
json::value ids_query(const std::string& index, const json::array& ids) {
    json::array conditions{json::object{{"ids", {{"values", ids}}}}};
    if (index.find(':') == std::string::npos) // of a remote cluster, whose indices do not know that name of theirs
        conditions.push_back(json::object{{"term", {{"_index", index}}}});
    return all_of(std::move(conditions));
}

/// An answer, and its documents as they were stored: the JSON parsers of the answer would change numbers that are long,
/// and refuse what only the documents' owner needs to understand. Their places in the answer are null.
struct SplitAnswer {
    remote::Answer rest;
    std::vector<std::string> sources; ///< of each hit; empty where it has none
};

std::string on_one_line(std::string_view raw) {
    std::string out(raw.size(), '\0');
    std::size_t length = 0;
    if (simdjson::minify(raw.data(), raw.size(), out.data(), length) != simdjson::SUCCESS)
        return std::string(raw);
    out.resize(length);
    return out;
}

/// Where the answer is malformed it stays as it is, and is refused for that.
SplitAnswer split(const remote::Answer& answer) {
    SplitAnswer out{.rest = answer, .sources = {}};
    const simdjson::padded_string body(answer.response.body);
    std::vector<std::string_view> found;
    std::vector<std::string> sources;
    ondemand::parser parser;
    ondemand::document document;
    ondemand::array hits;
    if (parser.iterate(body).get(document) != simdjson::SUCCESS ||
        document["hits"]["hits"].get_array().get(hits) != simdjson::SUCCESS)
        return out;
    for (auto hit : hits) {
        ondemand::object members;
        if (hit.get_object().get(members) != simdjson::SUCCESS)
            return out;
        std::string source;
        for (auto member : members) {
            std::string_view key;
            ondemand::object value;
            if (member.unescaped_key().get(key) != simdjson::SUCCESS)
                return out;
            if (key != "_source" || member.value().get_object().get(value) != simdjson::SUCCESS)
                continue;
            std::string_view raw;
            if (value.raw_json().get(raw) != simdjson::SUCCESS)
                return out;
            found.push_back(raw);
            source = on_one_line(raw);
        }
        sources.push_back(std::move(source));
    }
    std::string rest;
    const char* copied = body.data();
    for (const std::string_view raw : found) {
        rest.append(copied, raw.data());
        rest += "null";
        copied = raw.data() + raw.size();
    }
    rest.append(copied, body.data() + body.size());
    out.rest.response.body = std::move(rest);
    out.sources = std::move(sources);
    return out;
}

} // namespace

Result<http::Request> draw_request(const Backfill& backfill, std::size_t limit, std::uint64_t seed) {
    return search(backfill.index, {{"size", limit},
                                   {"track_total_hits", true},
                                   {"_source", false},
                                   {"query",
                                    {{"function_score",
                                      {{"query", present_query(backfill)},
                                       {"random_score", {{"seed", seed}, {"field", "_seq_no"}}},
                                       {"boost_mode", "replace"}}}}}});
}

Result<RandomSample> to_random_sample(const std::string& action, const remote::Answer& answer, std::size_t limit) {
    const auto body = complete_search(action, answer);
    if (!body)
        return body.error();
    const auto hits = whole_hits(action, answer, *body, limit);
    if (!hits)
        return hits.error();
    RandomSample out{.keys = {}, .candidates = *find_count(*body, {"hits", "total", "value"})};
    std::set<Identity> seen;
    for (const json::value& hit : *hits) {
        auto key = to_key(action, answer, hit);
        if (!key)
            return key.error();
        if (!seen.insert(identity_of(*key)).second)
            return bad_response(action, answer, "the answer has a document twice");
        out.keys.push_back(*std::move(key));
    }
    return out;
}

Result<http::Request> fetch_request(const Backfill& backfill, std::span<const DocumentKey> keys) {
    std::map<std::string, json::array> by_index;
    for (const DocumentKey& key : keys)
        by_index[key.id.index].push_back(json::string(key.id.id));
    json::array any;
    for (const auto& [index, ids] : by_index)
        any.push_back(ids_query(index, ids));
    json::array named;
    for (std::size_t i = 0; i < backfill.derived.size(); ++i)
        named.push_back(json::object{{"exists", {{"field", backfill.derived[i]}, {"_name", derived_aggregation(i)}}}});
    json::array conditions{present_query(backfill), json::object{{"bool", {{"should", std::move(any)}}}}};
    // Documents with another routing may have the same id: there is room for some.
    constexpr std::size_t of_the_same_id = 2;
    return search(
        backfill.index,
        {{"size", of_the_same_id * keys.size()},
         {"track_total_hits", true},
         {"query",
          {{"bool", {{"filter", std::move(conditions)}, {"should", std::move(named)}, {"minimum_should_match", 0}}}}}});
}

Result<std::vector<std::optional<Document>>> to_documents(const std::string& action, const Backfill& backfill,
                                                          const remote::Answer& answer,
                                                          std::span<const DocumentKey> keys) {
    const auto [rest, sources] = split(answer);
    const auto body = complete_search(action, rest);
    if (!body)
        return body.error();
    const auto hits = whole_hits(action, rest, *body, std::numeric_limits<std::size_t>::max());
    if (!hits)
        return hits.error();
    std::map<Identity, std::size_t> numbers;
    for (std::size_t i = 0; i < keys.size(); ++i)
        numbers.emplace(identity_of(keys[i]), i);
    std::vector<std::optional<Document>> out(keys.size());
    for (std::size_t i = 0; i < hits->size(); ++i) {
        const auto key = to_key(action, rest, (*hits)[i]);
        if (!key)
            return key.error();
        const auto number = numbers.find(identity_of(*key));
        if (number == numbers.end())
            continue;
        if (out[number->second])
            return bad_response(action, rest, "the answer has a document twice");
        if (i >= sources.size() || sources[i].empty())
            return Error{ErrorKind::rejected,
                         fmt::format("{} at {}: the index stores no _source of {}", action, rest.from,
                                     printable(key->id.id, 80)),
                         "values can only be compared where _source is enabled"};
        const json::array* matched = find_array((*hits)[i], {"matched_queries"});
        const auto matches = [matched](const std::string& name) {
            return matched != nullptr && std::ranges::any_of(*matched, [&](const json::value& query) {
                       return query.is_string() && query.get_string() == name;
                   });
        };
        Document document{.id = key->id, .source = sources[i], .known_fields = {true}};
        for (std::size_t derived = 0; derived < backfill.derived.size(); ++derived)
            document.known_fields.push_back(matches(derived_aggregation(derived)));
        out[number->second] = std::move(document);
    }
    return out;
}

void PageSize::adapt(std::size_t bytes, std::size_t documents) {
    constexpr std::size_t wanted_bytes = 1U << 20U; // the client accepts four times as many
    constexpr std::size_t most_documents = 500;
    const std::size_t bytes_of_one = bytes / std::max<std::size_t>(documents, 1) + 1;
    documents_ = std::clamp<std::size_t>(wanted_bytes / bytes_of_one, 1, most_documents);
}

Result<std::vector<std::optional<Document>>> fetch(const Backfill& backfill, std::span<const DocumentKey> keys,
                                                   const std::string& action, PageSize& page, const Ask& ask) {
    for (;;) {
        const auto asked = keys.first(std::min(keys.size(), page.documents()));
        const auto answer = ask(fetch_request(backfill, asked));
        if (!answer)
            return answer.error();
        if (answer->response.too_large && asked.size() > 1) {
            page.halve();
            continue;
        }
        if (answer->response.too_large)
            return Error{ErrorKind::rejected,
                         fmt::format("{} at {}: {} is too large to be read", action, answer->from,
                                     printable(asked.front().id.id, 80)),
                         ""};
        auto documents = to_documents(action, backfill, *answer, asked);
        if (documents)
            page.adapt(answer->response.body.size(), asked.size());
        return documents;
    }
}

} // namespace health::elasticsearch
