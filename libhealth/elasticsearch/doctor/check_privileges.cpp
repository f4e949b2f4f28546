#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/api/index_path.hpp>
#include <elasticsearch/doctor/checks.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

struct Privilege {
    std::string_view name;
    Severity lacking; ///< how bad it is not to have it
    std::string_view what_for;
};

constexpr std::array on_index{
    Privilege{.name = "read", .lacking = Severity::problem, .what_for = "nothing can be measured"},
    Privilege{.name = "view_index_metadata",
              .lacking = Severity::warning,
              .what_for = "mappings and settings cannot be checked"},
    Privilege{.name = "maintenance",
              .lacking = Severity::warning,
              .what_for = "the index cannot be refreshed before it is measured"}};
constexpr std::array on_health_index{
    Privilege{.name = "create_doc", .lacking = Severity::problem, .what_for = "no snapshot can be stored"},
    Privilege{.name = "read", .lacking = Severity::warning, .what_for = "its snapshots cannot be shown"},
    Privilege{
        .name = "view_index_metadata", .lacking = Severity::warning, .what_for = "its mapping cannot be checked"}};
constexpr std::array to_create{
    Privilege{.name = "create_index", .lacking = Severity::problem, .what_for = "the health index cannot be created"}};

json::array names_of(std::string_view expression) {
    json::array out;
    for (const std::string_view name : included_parts(expression))
        out.emplace_back(name);
    return out;
}

void add_names(json::array& to, std::span<const Privilege> privileges) {
    for (const Privilege& privilege : privileges)
        to.emplace_back(privilege.name);
}

json::value request(std::string_view expression, std::span<const Privilege> privileges,
                    std::span<const Privilege> more = {}) {
    json::array names;
    add_names(names, privileges);
    add_names(names, more);
    return json::object{{"names", names_of(expression)}, {"privileges", std::move(names)}};
}

Findings lacking(const json::object& body, std::string_view expression, std::span<const Privilege> privileges) {
    Findings out;
    for (const Privilege& privilege : privileges)
        for (const std::string_view name : included_parts(expression))
            if (!find_bool(body, {"index", name, privilege.name}).value_or(false))
                out.push_back({.check = "privileges",
                               .severity = privilege.lacking,
                               .message = fmt::format("the privilege {} on {} is missing: {}", privilege.name,
                                                      printable(name, 80), privilege.what_for),
                               .hint = fmt::format(R"(add {{"names":["{}"],"privileges":["{}"]}} to the role)",
                                                   printable(name, 80), privilege.name)});
    return out;
}

} // namespace

json::object privileges_request(std::span<const Backfill> backfills, const std::string& health_index) {
    json::array all;
    for (const Backfill& backfill : backfills)
        all.push_back(request(backfill.index, on_index));
    all.push_back(request(health_index, on_health_index, to_create));
    return {{"index", std::move(all)}};
}

Findings lacking_privileges(const json::object& body, const Backfill& backfill) {
    return lacking(body, backfill.index, on_index);
}

Findings lacking_health_privileges(const json::object& body, const std::string& health_index,
                                   bool health_index_missing) {
    Findings out = lacking(body, health_index, on_health_index);
    if (health_index_missing)
        std::ranges::move(lacking(body, health_index, to_create), std::back_inserter(out));
    return out;
}

Finding all_privileges(const Backfill& backfill, const std::string& health_index) {
    return {.check = "privileges",
            .message = fmt::format("all required privileges on {} and {} are granted", printable(backfill.index, 80),
                                   printable(health_index, 80))};
}

} // namespace health::elasticsearch
