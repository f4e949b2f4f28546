// What a store answers about many backfills at once, for tests/support/store_calls.py. On stdin:
//   {"url": "http://…" or "file:…", "retries": 0, "timeout": 10, "health_index": "…",
//    "backfills": [{"name", "index", "population": {field: [values]}, "query", "field", "derived": []}],
//    "calls": ["measure", "refresh", "emit", "history", "latest", "reload", …]}
// On stdout: for each call a list with a result for each backfill.
#include <base/unique_id.hpp>
#include <elasticsearch/store.hpp>
#include <model/document.hpp>
#include <ndjson/store.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

using namespace health;
namespace json = boost::json;

namespace {

std::string text(const json::value& value) {
    return json::value_to<std::string>(value);
}

Backfill to_backfill(const json::object& from) {
    Backfill out{.name = text(from.at("name")),
                 .index = text(from.at("index")),
                 .population = {},
                 .field = text(from.at("field")),
                 .derived = json::value_to<std::vector<std::string>>(from.at("derived")),
                 .field_label = text(from.at("field"))};
    for (const auto& [field, values] : from.at("population").as_object())
        out.population.push_back({.field = field, .values = json::value_to<std::vector<std::string>>(values)});
    if (const auto* query = from.if_contains("query"))
        out.query = json::serialize(*query);
    return out;
}

std::unique_ptr<Store> open_store(const json::object& asked) {
    const std::string url = text(asked.at("url"));
    if (url.starts_with("file:"))
        return make_ndjson_store(url.substr(5));
    RemoteSettings settings;
    settings.nodes = {*parse_url(url)};
    settings.retries = static_cast<int>(asked.at("retries").as_int64());
    return *make_elasticsearch_store(settings);
}

json::value to_json(const Error& error) {
    return {{"error", to_string(error.kind)}, {"message", error.message}};
}

json::value to_json(const Snapshot& snapshot) {
    return {
        {"missing", snapshot.missing}, {"present", snapshot.present}, {"derived", json::value_from(snapshot.derived)}};
}

json::value to_json(const History& history) {
    json::array points;
    for (const HistoryPoint& point : history.points)
        points.push_back({to_rfc3339(point.last.ts), point.snapshots, point.last.missing});
    return points;
}

json::value to_json(const std::optional<Timestamp>& time) {
    return time ? json::value(to_rfc3339(*time)) : json::value(nullptr);
}

template <class T>
json::value to_json(const std::vector<Result<T>>& results) {
    json::array out;
    for (const auto& result : results) {
        if (!result)
            out.push_back(to_json(result.error()));
        else if constexpr (std::is_void_v<T>)
            out.emplace_back("done");
        else
            out.push_back(to_json(*result));
    }
    return out;
}

json::value emit(Store& store, const std::string& health_index, const std::vector<Backfill>& backfills,
                 const Deadline& deadline) {
    const auto snapshots = store.measure(backfills, deadline);
    std::vector<HealthDocument> documents;
    for (std::size_t i = 0; i < backfills.size(); ++i)
        documents.push_back({.id = make_unique_id(), .content = to_document(backfills[i], *snapshots[i])});
    return to_json(store.append(health_index, documents, deadline));
}

json::value answer(const std::string& call, Store& store, const std::string& health_index,
                   const std::vector<Backfill>& backfills, const Deadline& deadline) {
    if (call == "measure")
        return to_json(store.measure(backfills, deadline));
    if (call == "refresh")
        return to_json(store.refresh(backfills, deadline));
    if (call == "emit")
        return emit(store, health_index, backfills, deadline);
    if (call == "latest")
        return to_json(store.latest(health_index, backfills, deadline));
    if (call == "history") {
        const Timestamp now = now_in_seconds();
        return to_json(store.history(
            health_index, backfills,
            {.from = now - std::chrono::days(7), .to = now + std::chrono::seconds(1), .every = std::chrono::hours(1)},
            deadline));
    }
    return to_json(std::vector{store.reload()});
}

} // namespace

int main() {
    const std::string input{std::istreambuf_iterator<char>(std::cin), {}};
    const json::value asked = json::parse(input);
    const auto store = open_store(asked.as_object());
    std::vector<Backfill> backfills;
    for (const json::value& backfill : asked.at("backfills").as_array())
        backfills.push_back(to_backfill(backfill.as_object()));
    json::array out;
    for (const json::value& call : asked.at("calls").as_array())
        out.push_back(answer(text(call), *store, text(asked.at("health_index")), backfills,
                             Deadline::after(std::chrono::seconds(asked.at("timeout").as_int64()))));
    fmt::print("{}\n", json::serialize(out));
}
