#include <elasticsearch/api/query.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

namespace health::elasticsearch {

namespace json = boost::json;

json::value exists(std::string_view field) {
    return {{"exists", {{"field", field}}}};
}

json::value all_of(json::array conditions) {
    return {{"bool", {{"filter", std::move(conditions)}}}};
}

json::value none_of(json::array conditions) {
    return {{"bool", {{"must_not", std::move(conditions)}}}};
}

std::string derived_aggregation(std::size_t i) {
    return i == 0 ? "derived" : fmt::format("derived_{}", i);
}

json::value population_query(const Backfill& backfill) {
    json::array population;
    for (const Term& term : backfill.population) {
        const bool one = term.values.size() == 1;
        population.push_back(one ? json::value{{"term", {{term.field, term.values.front()}}}}
                                 : json::value{{"terms", {{term.field, json::value_from(term.values)}}}});
    }
    if (backfill.query)
        population.push_back(json::parse(*backfill.query));
    return all_of(std::move(population));
}

json::value missing_query(const Backfill& backfill) {
    return {{"bool",
             {{"filter", json::array{population_query(backfill)}}, {"must_not", json::array{exists(backfill.field)}}}}};
}

json::value present_query(const Backfill& backfill) {
    return all_of({population_query(backfill), exists(backfill.field)});
}

} // namespace health::elasticsearch
