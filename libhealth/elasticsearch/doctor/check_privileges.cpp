#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/doctor/checks.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

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
    for (const std::string_view name : split(expression, ','))
        if (!name.empty())
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

void add_missing(Findings& out, const json::object& body, std::string_view expression,
                 std::span<const Privilege> privileges) {
    for (const Privilege& privilege : privileges)
        for (const std::string_view name : split(expression, ','))
            if (!name.empty() && !find_bool(body, {"index", name, privilege.name}).value_or(false))
                out.push_back({.check = "privileges",
                               .severity = privilege.lacking,
                               .message = fmt::format("the privilege {} on {} is missing: {}", privilege.name,
                                                      printable(name, 80), privilege.what_for),
                               .hint = fmt::format(R"(add {{"names":["{}"],"privileges":["{}"]}} to the role)",
                                                   printable(name, 80), privilege.name)});
}

} // namespace

json::object privileges_request(const Backfill& backfill, const std::string& health_index) {
    return {
        {"index", json::array{request(backfill.index, on_index), request(health_index, on_health_index, to_create)}}};
}

Findings check_privileges(const json::object& body, const Backfill& backfill, const std::string& health_index,
                          bool health_index_missing) {
    if (find_object(body, {"index"}) == nullptr)
        return {health::not_checked("privileges", "the answer names none")};
    Findings out;
    add_missing(out, body, backfill.index, on_index);
    add_missing(out, body, health_index, on_health_index);
    if (health_index_missing)
        add_missing(out, body, health_index, to_create);
    if (out.empty())
        out.push_back({.check = "privileges",
                       .message = fmt::format("all required privileges on {} and {} are granted",
                                              printable(backfill.index, 80), printable(health_index, 80))});
    return out;
}

} // namespace health::elasticsearch
