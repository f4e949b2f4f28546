#include <elasticsearch/api/engine.hpp>

#include <base/json.hpp>
#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <remote/product.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <string_view>

namespace health::elasticsearch {

namespace json = boost::json;

Engine recognise_engine(const http::Response& response) {
    using enum Engine::Product;
    if (remote::is_kibana(response))
        return {.product = another};
    if (response.status / 100 != 2)
        return {.product = remote::is_elasticsearch(response) ? elasticsearch : unknown};
    const auto body = response.body_problem ? std::nullopt : parse_object(response.body);
    if (!body)
        return {.product = another};
    Engine out{.number = printable(find_text(*body, {"version", "number"}), 40)};
    out.version = parse_version(out.number);
    if (!out.version)
        return {.product = another};
    // Where it reports 7.10.2, so that clients of Elasticsearch accept it, its tagline remains.
    const bool distribution = find_text(*body, {"version", "distribution"}) == "opensearch";
    const bool tagline = find_text(*body, {"tagline"}).find("OpenSearch") != std::string::npos;
    out.product = distribution || tagline ? opensearch : elasticsearch;
    out.hides_version = tagline && !distribution;
    out.identity = cluster_identity(*body);
    return out;
}

std::string cluster_identity(const json::object& body) {
    constexpr std::size_t longest = 64; // UUIDs of clusters have 22 characters
    const std::string uuid = find_text(body, {"cluster_uuid"});
    const auto is_plain = [](char c) { return is_letter_or_digit(c) || c == '-' || c == '_'; };
    const bool formed = uuid != "_na_"; // which it is until the nodes have elected a master
    return formed && !uuid.empty() && uuid.size() <= longest && std::ranges::all_of(uuid, is_plain) ? "cluster/" + uuid
                                                                                                    : std::string();
}

} // namespace health::elasticsearch
