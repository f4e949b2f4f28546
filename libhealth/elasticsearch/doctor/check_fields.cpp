#include <base/encoding.hpp>
#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/doctor/checks.hpp>
#include <elasticsearch/mapping.hpp>
#include <elasticsearch/query.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

constexpr std::array analysed{"text", "match_only_text", "annotated_text", "search_as_you_type", "pattern_text"};

bool is_analysed(std::string_view type) {
    return std::ranges::find(analysed, type) != analysed.end();
}

/// How a field is mapped in the indices.
struct FieldCaps {
    std::string as; ///< "keyword", "keyword and text"; empty when nowhere
    std::set<std::string, std::less<>> types;
    bool searchable = true;          ///< in all indices
    bool visible_to_exists = true;   ///< in all indices: an exists query finds it
    std::vector<std::string> not_in; ///< indices without the field
};

FieldCaps field_caps(const json::object& caps, std::string_view field) {
    FieldCaps out;
    const json::object* by_type = find_object(caps, {"fields", field});
    if (by_type == nullptr)
        return out;
    for (const auto& [type, value] : *by_type) {
        if (!value.is_object())
            continue;
        const json::object& details = value.get_object();
        if (type == "unmapped") {
            if (const json::value* indices = details.if_contains("indices"); indices != nullptr && indices->is_array())
                for (const json::value& index : indices->get_array())
                    if (index.is_string())
                        out.not_in.push_back(printable(std::string_view(index.get_string()), 60));
            continue;
        }
        out.types.emplace(type);
        const bool searchable = find_bool(details, {"searchable"}).value_or(false);
        out.searchable = out.searchable && searchable;
        // An exists query on an object looks at its fields. Nested ones are handled by nested_around().
        out.visible_to_exists = out.visible_to_exists && (type == "object" || searchable ||
                                                          find_bool(details, {"aggregatable"}).value_or(false));
    }
    out.as = printable(fmt::format("{}", fmt::join(out.types, " and ")), 80);
    return out;
}

/// "a", "a.b" and "a.b.c": the objects around a field, outermost first, and the field itself.
std::vector<std::string> path_to(const std::string& field) {
    std::vector<std::string> out;
    for (auto dot = field.find('.'); dot != std::string::npos; dot = field.find('.', dot + 1))
        out.push_back(field.substr(0, dot));
    out.push_back(field);
    return out;
}

/// The outermost on the way to the field that is of this type; empty when there is none.
std::string around(const json::object& caps, const std::string& field, std::string_view type) {
    const auto path = path_to(field);
    const auto found = std::ranges::find_if(
        path, [&](const std::string& each) { return find(caps, {"fields", each, type}) != nullptr; });
    return found == path.end() ? std::string() : *found;
}

/// The nested object that contains the field, or that it is itself: queries do not look into it. Empty when there is
/// none.
std::string nested_around(const json::object& caps, const std::string& field) {
    return around(caps, field, "nested");
}

/// The flattened field that the field is a part of: what is in it is searched without a mapping of its own. Empty when
/// there is none.
std::string flattened_around(const json::object& caps, const std::string& field) {
    const std::string flattened = around(caps, field, "flattened");
    return flattened.empty() ? around(caps, field, "flat_object") : flattened; // as OpenSearch calls it
}

std::string first_and_count(const std::vector<std::string>& names) {
    return names.size() == 1 ? names.front() : fmt::format("{} and {} more", names.front(), names.size() - 1);
}

/// Whether the field, or an object around it, is mapped differently in some of the indices.
bool is_mixed(const json::object& caps, const std::string& field) {
    return std::ranges::any_of(path_to(field), [&](const std::string& each) {
        const json::object* by_type = find_object(caps, {"fields", each});
        return by_type != nullptr && (by_type->size() > 1 || std::ranges::any_of(*by_type, [](const auto& type) {
                                          return find_array(type.value(), {"non_searchable_indices"}) != nullptr ||
                                                 find_array(type.value(), {"non_aggregatable_indices"}) != nullptr;
                                      }));
    });
}

/// The finding when documents are counted although the mapping suggests that none can be: for fields in nested or
/// flattened objects, and those without an index, the mapping is not conclusive.
std::optional<Finding> check_counted(const json::object& caps, std::string check, const std::string& field,
                                     std::uint64_t counted) {
    const FieldCaps mapping = field_caps(caps, field);
    const bool in_an_object = field.find('.') != std::string::npos;
    const bool doubtful = !nested_around(caps, field).empty() ||
                          (mapping.types.empty() ? in_an_object : !mapping.searchable || !mapping.visible_to_exists);
    if (counted == 0 || !doubtful)
        return std::nullopt;
    const std::string shown = printable(field, 80);
    if (is_mixed(caps, field))
        return Finding{.check = std::move(check),
                       .severity = Severity::warning,
                       .message = fmt::format(
                           "{} is mapped differently in some of the indices, and may not be counted there", shown),
                       .hint = Remedy::check_indices_one_by_one};
    return Finding{.check = std::move(check),
                   .message = fmt::format("{} is counted, in {}", shown, count_of(counted, "document"))};
}

/// `field.keyword`, or whatever it is called; empty when there is none.
std::string exact_subfield(const json::object& caps, const std::string& field) {
    const json::object* fields = find_object(caps, {"fields"});
    if (fields == nullptr)
        return {};
    for (const auto& [name, types] : *fields)
        if (std::string_view(name).starts_with(field + ".") &&
            find_bool(*fields, {name, "keyword", "searchable"}).value_or(false))
            return name;
    return {};
}

} // namespace

std::string find_fixed_mapping(const json::object& indices) {
    for (const auto& [name, index] : indices)
        if (const json::value* dynamic =
                index.is_object() ? find(index.get_object(), {"mappings", "dynamic"}) : nullptr;
            dynamic != nullptr && (*dynamic == "false" || *dynamic == "strict" || *dynamic == false))
            return printable(std::string_view(name), 60);
    return {};
}

std::string field_caps_target(const std::string& index_path, const Backfill& backfill) {
    std::vector<std::string> fields;
    const auto add = [&](const std::string& field) {
        // An engine leaves out the objects around a field that is not mapped, unless they are asked for.
        for (const std::string& each : path_to(field))
            fields.push_back(percent_encode(each));
        fields.push_back(percent_encode(field) + ".*");
    };
    for (const Term& term : backfill.population)
        add(term.field);
    add(backfill.field);
    for (const std::string& derived : backfill.derived)
        add(derived);
    if (backfill.arrival)
        add(*backfill.arrival);
    return fmt::format("/{}/_field_caps?fields={}&include_unmapped=true&allow_no_indices=false", index_path,
                       fmt::join(fields, ","));
}

std::optional<Finding> check_asked(const json::object& caps, const json::object& indices) {
    std::set<std::string_view> asked;
    if (const json::array* names = find_array(caps, {"indices"}))
        for (const json::value& name : *names)
            if (name.is_string())
                asked.emplace(name.get_string());
    std::vector<std::string> not_asked;
    for (const auto& [name, index] : indices)
        if (!asked.contains(std::string_view(name)) && !is_closed(index))
            not_asked.push_back(printable(std::string_view(name), 60));
    if (not_asked.empty())
        return std::nullopt;
    return health::not_checked("fields", fmt::format("no shard of {} answers", first_and_count(not_asked)),
                               "the fields are checked in the other indices only");
}

Finding check_population(const json::object& caps, const Term& term, const std::string& index, std::uint64_t counted) {
    const std::string field = printable(term.field, 80);
    const auto finding = [](Severity severity, std::string message, Hint hint = {}) {
        return Finding{
            .check = "population", .severity = severity, .message = std::move(message), .hint = std::move(hint)};
    };
    const FieldCaps mapping = field_caps(caps, term.field);
    const std::string nested = nested_around(caps, term.field);
    const bool analysed = std::ranges::any_of(mapping.types, is_analysed);
    if (auto found = check_counted(caps, "population", term.field, analysed ? 0 : counted))
        return *std::move(found);
    if (!nested.empty())
        return finding(Severity::problem,
                       fmt::format("{} is in the nested object {}: no document matches", field, nested),
                       Remedy::choose_population_field);
    if (const std::string around = flattened_around(caps, term.field); mapping.types.empty() && !around.empty())
        return finding(Severity::ok, fmt::format("{} is part of the flattened field {}", field, printable(around, 80)));
    if (mapping.types.empty())
        return finding(Severity::problem, fmt::format("{} is not mapped in {}: no document matches", field, index),
                       Remedy::check_population_and_index);
    if (analysed) {
        const std::string exact = exact_subfield(caps, term.field);
        return finding(Severity::problem,
                       fmt::format("{} is {}: it matches documents whose text contains the word, or none at all", field,
                                   mapping.as),
                       exact.empty() ? Hint(Remedy::add_exact_field)
                                     : Hint(Remedy::use_population, fmt::format("{}={}", printable(exact, 80),
                                                                                printable(term.values.front(), 80))));
    }
    if (!mapping.searchable)
        return finding(Severity::problem, fmt::format("{} cannot be searched (index: false)", field),
                       Remedy::choose_population_field);
    if (!mapping.not_in.empty())
        return finding(Severity::warning,
                       fmt::format("{} is {}, and not mapped in {}: nothing is counted there", field, mapping.as,
                                   first_and_count(mapping.not_in)),
                       Remedy::check_index);
    return finding(Severity::ok, fmt::format("{} is {}", field, mapping.as));
}

Finding check_field(const json::object& caps, std::string check, const std::string& field, const std::string& index,
                    const std::string& fixed_mapping, std::uint64_t counted) {
    const std::string shown = printable(field, 80);
    const auto finding = [&](Severity severity, std::string message, Hint hint = {}) {
        return Finding{.check = check, .severity = severity, .message = std::move(message), .hint = std::move(hint)};
    };
    const FieldCaps mapping = field_caps(caps, field);
    const std::string nested = nested_around(caps, field);
    if (auto found = check_counted(caps, check, field, counted))
        return *std::move(found);
    if (!nested.empty())
        return finding(Severity::problem,
                       nested == field
                           ? fmt::format("{} is a nested object: every document counts as without it", shown)
                           : fmt::format("{} is in the nested object {}: every document counts as without it", shown,
                                         printable(nested, 80)),
                       {Remedy::leave_nested_object, check});
    if (const std::string around = flattened_around(caps, field); mapping.types.empty() && !around.empty())
        return finding(Severity::ok, fmt::format("{} is part of the flattened field {}", shown, printable(around, 80)));
    if (mapping.types.empty() && !fixed_mapping.empty())
        return finding(
            Severity::problem,
            fmt::format("{} is not mapped in {}, whose mapping takes no new fields (dynamic): every document "
                        "counts as without it",
                        shown, fixed_mapping),
            {Remedy::extend_mapping, check});
    if (mapping.types.empty())
        return finding(Severity::warning, fmt::format("{} is not mapped in {} yet", shown, index),
                       {Remedy::wait_for_first_run, check});
    if (!mapping.visible_to_exists)
        return finding(Severity::problem,
                       fmt::format("{} has neither index nor doc_values: every document counts as without it", shown),
                       "reindex with another mapping of it");
    if (!mapping.not_in.empty())
        return finding(
            Severity::warning,
            fmt::format("{} is {}, and not mapped in {}", shown, mapping.as, first_and_count(mapping.not_in)),
            "expected before the backfill has run there");
    return finding(Severity::ok, fmt::format("{} is {}", shown, mapping.as));
}

} // namespace health::elasticsearch
