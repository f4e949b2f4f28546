#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/api/field_caps.hpp>
#include <elasticsearch/doctor/future_field.hpp>
#include <elasticsearch/doctor/live_path.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

using Treatment = FutureField::Treatment;
using Types = std::set<std::string, std::less<>>;

constexpr std::string_view next_index_check = "next-index";
constexpr std::string_view data_stream_time = "@timestamp";

Finding next_finding(Severity severity, std::string message, Hint hint = {}) {
    return {.check = std::string(next_index_check),
            .severity = severity,
            .message = std::move(message),
            .hint = std::move(hint)};
}

std::string index_name(std::string_view name) {
    return printable(name, 60);
}

/// "the next index invoices-000003", "the next index of the data stream logs"
std::string described(const NextIndex& next) {
    return fmt::format("the next index {}{}", next.is_data_stream ? "of the data stream " : "", index_name(next.name));
}

/// Whether this part of _field_caps is about the index: all of it is, or a type of a field, which lists its indices
/// where types differ.
bool is_in(const json::object& details, std::string_view index) {
    const json::array* indices = find_array(details, {"indices"});
    return indices == nullptr || std::ranges::any_of(*indices, [&](const json::value& each) {
               return each.is_string() && std::string_view(each.get_string()) == index;
           });
}

/// The types of a field in the index; in any of the indices when this one does not map it.
Types types_of(const json::object& caps, std::string_view field, std::string_view index) {
    Types in_index;
    Types anywhere;
    if (const json::object* by_type = find_object(caps, {"fields", field}))
        for (const auto& [type, value] : *by_type)
            if (const json::object* details = value.if_object(); details != nullptr && type != "unmapped") {
                anywhere.emplace(type);
                if (is_in(*details, index))
                    in_index.emplace(type);
            }
    return in_index.empty() ? anywhere : in_index;
}

/// How a field is mapped today.
struct CurrentMapping {
    Types types; ///< empty: nowhere
    bool is_nested = false;
    bool parent_has_values = false;
};

CurrentMapping current_mapping(const json::object& caps, const std::string& field, const std::string& index) {
    CurrentMapping out{.types = types_of(caps, field, index)};
    out.is_nested = out.types.contains("nested");
    for (auto dot = field.find('.'); dot != std::string::npos; dot = field.find('.', dot + 1)) {
        const Types around = types_of(caps, field.substr(0, dot), index);
        out.is_nested = out.is_nested || around.contains("nested");
        if (out.types.empty() &&
            std::ranges::any_of(around, [](const std::string& type) { return family(type) == "flattened"; }))
            out.types.emplace("flattened");
        out.parent_has_values = std::ranges::any_of(around, has_values);
    }
    return out;
}

std::string joined_types(const Types& types) {
    return printable(join(types, " or "), 80);
}

bool has_family(const Types& types, std::string_view type) {
    return std::ranges::any_of(types, [&](const std::string& each) { return family(each) == family(type); });
}

bool share_family(const Types& some, const Types& others) {
    return std::ranges::any_of(some, [&](const std::string& type) { return has_family(others, type); });
}

std::vector<std::string> compared_fields(const Backfill& backfill) {
    std::vector<std::string> out = own_fields(backfill);
    if (backfill.arrival)
        out.push_back(*backfill.arrival);
    for (const Term& term : backfill.population)
        out.push_back(term.field);
    std::vector<std::string> distinct;
    for (std::string& field : out)
        if (std::ranges::find(distinct, field) == distinct.end())
            distinct.push_back(std::move(field));
    return distinct;
}

/// What will be different for a field that is mapped today; none when nothing will.
std::optional<Finding> difference(const NextIndex& next, const IndexTemplate& from, const std::string& field,
                                  const CurrentMapping& now, const FutureField& then) {
    const std::string name = printable(field, 80);
    const std::string is = fmt::format("{} is {} in {}", name, joined_types(now.types), index_name(next.after));
    const std::string there = described(next);
    const Hint map_it(
        from.exists ? fmt::format("map {} in the template as in {}", name, index_name(next.after))
                    : fmt::format("create an index template that maps {} as in {}", name, index_name(next.after)));
    const auto warning = [&](std::string message) {
        return next_finding(Severity::warning, std::move(message), map_it);
    };
    if (then.treatment == Treatment::unmapped)
        return warning(fmt::format("{}, and {} will not map it ({}, {}): {}", is, there, from.origin,
                                   printable(then.why, 80), effect_on_documents(then)));
    if (then.is_nested != now.is_nested)
        return warning(now.is_nested ? fmt::format("{} is in a nested object in {}, and will not be in {} ({})", name,
                                                   index_name(next.after), there, from.origin)
                                     : fmt::format("{}, and will be in a nested object in {} ({}): its documents count "
                                                   "as missing it",
                                                   is, there, from.origin));
    if (!share_family(now.types, then.types) && then.treatment == Treatment::mapped)
        return warning(fmt::format("{}, and will be {} in {} ({})", is, joined_types(then.types), there, from.origin));
    if (!share_family(now.types, then.types))
        return warning(
            fmt::format("{}, and {} will map it dynamically, from the first document that has it, as another type ({})",
                        is, there, from.origin));
    if (then.is_unseen)
        return warning(fmt::format("{}, and will have neither index nor doc_values in {} ({}): its documents count as "
                                   "missing it",
                                   is, there, from.origin));
    return std::nullopt;
}

/// One mapping over another, as templates are merged: objects member by member.
void merge_template(json::object& into, const json::object& from) {
    for (const auto& [key, value] : from) {
        json::value* existing = into.if_contains(key);
        const json::array* more = value.if_array();
        if (existing != nullptr && existing->is_object() && value.is_object())
            merge_template(existing->get_object(), value.get_object());
        else if (existing != nullptr && existing->is_array() && more != nullptr && key == "dynamic_templates")
            // The engine looks at those of the template with the highest order first.
            existing->get_array().insert(existing->get_array().begin(), more->begin(), more->end());
        else
            into[key] = value;
    }
}

/// Where a mapping still has the type that all had once.
const json::object* without_type(const json::object* content) {
    const json::object* typed = content == nullptr ? nullptr : find_object(*content, {"_doc"});
    return typed == nullptr ? content : typed;
}

/// Settings and mappings; whether there are any.
bool add_parts(json::object& into, const json::object& from) {
    bool any = false;
    for (const std::string_view part : {"settings", "mappings"})
        if (const json::object* content = without_type(find_object(from, {part}));
            content != nullptr && !content->empty()) {
            any = true;
            json::value& to = into[part];
            if (!to.is_object())
                to = json::object();
            merge_template(to.get_object(), *content);
        }
    return any;
}

std::int64_t order_of(const json::object& legacy) {
    const json::value* order = find(legacy, {"order"});
    return order != nullptr && order->is_int64() ? order->get_int64() : 0;
}

bool matches_name(const json::object& legacy, const std::string& name) {
    const json::array* patterns = find_array(legacy, {"index_patterns"});
    return patterns != nullptr && std::ranges::any_of(*patterns, [&](const json::value& pattern) {
               return pattern.is_string() && glob(std::string_view(pattern.get_string()), name);
           });
}

} // namespace

IndexTemplate composable_template(const json::object& body) {
    const json::object* content = find_object(body, {"template"});
    if (content == nullptr)
        return {.content = {}, .origin = "no template", .exists = false};
    return {.content = *content, .origin = "its index template"};
}

IndexTemplate with_overrides(IndexTemplate from, const json::object& stream) {
    if (from.exists && add_parts(from.content, stream))
        from.origin += " and the data stream's own";
    return from;
}

IndexTemplate legacy_template(const json::object& templates, const std::string& name) {
    struct Legacy {
        std::int64_t order;
        std::string_view name;
        const json::object* content;
    };
    std::vector<Legacy> found;
    for (const auto& [each, value] : templates)
        if (const json::object* legacy = value.if_object(); legacy != nullptr && matches_name(*legacy, name))
            found.push_back({.order = order_of(*legacy), .name = each, .content = legacy});
    std::ranges::stable_sort(found, {}, &Legacy::order);
    if (found.empty())
        return {.content = {}, .origin = "no template", .exists = false};
    IndexTemplate out{.content = {}, .origin = {}};
    std::vector<std::string> names;
    for (const Legacy& each : found) {
        names.push_back(index_name(each.name));
        add_parts(out.content, *each.content);
    }
    out.origin = fmt::format("the legacy template{} {}", names.size() == 1 ? "" : "s", join(names, ", "));
    return out;
}

Findings check_next_index(const NextIndex& next, const IndexTemplate& from, const json::object& caps,
                          const Backfill& backfill) {
    if (!from.exists && next.is_data_stream)
        return {next_finding(
            Severity::warning,
            fmt::format("no index template matches the data stream {}: it cannot roll over", index_name(next.name)),
            "create an index template for it")};
    if (!is_in(caps, next.after))
        return {health::not_checked(
            std::string(next_index_check),
            fmt::format("no shard of {} answers, so what it maps today is not known", index_name(next.after)))};
    const json::object* mappings = find_object(from.content, {"mappings"});
    const json::object none;
    Findings out;
    std::vector<std::string> same;
    std::vector<std::string> dynamic;
    for (const std::string& field : compared_fields(backfill)) {
        // The engine adds the time of a data stream by itself.
        if (next.is_data_stream && field == data_stream_time)
            continue;
        const CurrentMapping now = current_mapping(caps, field, next.after);
        if (now.types.empty())
            continue;
        const FutureField then = future_field(mappings == nullptr ? none : *mappings, field, now.parent_has_values);
        if (auto found = difference(next, from, field, now, then)) {
            out.push_back(*std::move(found));
            continue;
        }
        std::string name = printable(field, 80);
        if (then.treatment == Treatment::mapped)
            same.push_back(std::move(name));
        else // which need not have a value of the same kind
            dynamic.push_back(then.types.size() == 1 ? std::move(name)
                                                     : fmt::format("{} ({} today)", name, joined_types(now.types)));
    }
    std::vector<std::string> said;
    if (!same.empty())
        said.push_back(fmt::format("will map {} as {} does", join(same, ", "), index_name(next.after)));
    if (!dynamic.empty())
        said.push_back(
            fmt::format("will map {} dynamically, from the first document that has it", join(dynamic, ", ")));
    if (!said.empty())
        out.push_back(
            next_finding(Severity::ok, fmt::format("{} {} ({})", described(next), join(said, ", and "), from.origin)));
    if (out.empty())
        out.push_back(next_finding(Severity::ok, fmt::format("{} maps none of the fields, so {} cannot lose any",
                                                             index_name(next.after), described(next))));
    return out;
}

Findings check_next_pipelines(const NextIndex& next, const std::set<std::string>& today,
                              const std::set<std::string>& tomorrow) {
    Findings out;
    for (const std::string& field : today)
        if (!tomorrow.contains(field))
            out.push_back(next_finding(Severity::warning,
                                       fmt::format("an ingest pipeline sets {} in {}, and none does in {}",
                                                   printable(field, 80), index_name(next.after), described(next)),
                                       "name the pipeline in the settings of the template"));
    return out;
}

} // namespace health::elasticsearch
