#include <base/encoding.hpp>
#include <base/json.hpp>
#include <base/printable.hpp>
#include <base/text.hpp>
#include <elasticsearch/api/field_caps.hpp>
#include <elasticsearch/api/mapping.hpp>
#include <elasticsearch/doctor/checks.hpp>
#include <elasticsearch/doctor/future_field.hpp>
#include <store/remedy.hpp>

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

/// What the mappings of the indices make of the field in the documents that they will get: the names of indices.
struct FutureMapping {
    std::vector<std::string> unmapped_in; ///< which will not map it
    FutureField unmapped;                 ///< in the first of these
    std::vector<std::string> hidden_in;   ///< which will have it in nested objects
    std::vector<std::string> counted_in;
};

FutureMapping future_mapping(const json::object& caps, const json::object& indices, const std::string& field) {
    FutureMapping out;
    const bool is_part_of_field = whole_field(caps, field) != field;
    for (const auto& [name, index] : indices) {
        if (is_closed(index) || !index.is_object())
            continue;
        const json::object* mappings = find_object(index.get_object(), {"mappings"});
        const FutureField future =
            future_field(mappings != nullptr ? *mappings : json::object(), field, is_part_of_field);
        const std::string shown = printable(std::string_view(name), 60);
        if (future.treatment != FutureField::Treatment::unmapped) {
            (future.is_hidden ? out.hidden_in : out.counted_in).push_back(shown);
            continue;
        }
        if (out.unmapped_in.empty())
            out.unmapped = future;
        out.unmapped_in.push_back(shown);
    }
    return out;
}

} // namespace

std::string mapping_parts(const Backfill& backfill) {
    std::string out = "*.mappings.dynamic,*.mappings.date_detection,*.mappings.dynamic_templates,*.mappings.runtime";
    for (const std::string& field : own_fields(backfill))
        // A dot may be part of the name in a mapping, and then what follows belongs to it.
        out += fmt::format(",*.mappings.properties.{}*", percent_encode(field.substr(0, field.find('.'))));
    return out;
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
    return health::not_checked("fields", fmt::format("no shard of {} answers", join_first(not_asked, 1)),
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
        return finding(
            Severity::problem,
            fmt::format(
                "{} is {}, which is analysed: the condition matches any text that contains the word, or nothing at all",
                field, mapping.as),
            exact.empty() ? Hint(Remedy::add_exact_field) : Hint(Remedy::use_population, printable(exact, 80)));
    }
    if (!mapping.searchable)
        return finding(Severity::problem, fmt::format("{} cannot be searched (index: false)", field),
                       Remedy::choose_population_field);
    if (!mapping.not_in.empty())
        return finding(Severity::warning,
                       fmt::format("{} is {}, and not mapped in {}: nothing is counted there", field, mapping.as,
                                   join_first(mapping.not_in, 1)),
                       Remedy::check_index);
    return finding(Severity::ok, fmt::format("{} is {}", field, mapping.as));
}

Finding check_field(const json::object& caps, const json::object* indices, std::string check, const std::string& field,
                    const std::string& index, std::uint64_t counted) {
    const std::string shown = printable(field, 80);
    const auto finding = [&](Severity severity, std::string message, Hint hint = {}) {
        return Finding{.check = check, .severity = severity, .message = std::move(message), .hint = std::move(hint)};
    };
    const FieldCaps mapping = field_caps(caps, field);
    const std::string nested = nested_around(caps, field);
    const FutureMapping future = indices != nullptr ? future_mapping(caps, *indices, field) : FutureMapping();
    if (auto found = check_counted(caps, check, field, counted))
        return *std::move(found);
    if (!nested.empty() && future.counted_in.empty())
        return finding(Severity::problem,
                       nested == field
                           ? fmt::format("{} is a nested object: every document counts as missing it", shown)
                           : fmt::format("{} is in the nested object {}: every document counts as missing it", shown,
                                         printable(nested, 80)),
                       {Remedy::leave_nested_object, check});
    if (const std::string around = flattened_around(caps, field); mapping.types.empty() && !around.empty())
        return finding(Severity::ok, fmt::format("{} is part of the flattened field {}", shown, printable(around, 80)));
    // What _field_caps calls an object may be one that the engine ignores entirely.
    const bool may_be_left_out = mapping.types.empty() || mapping.types.contains("object") || !mapping.not_in.empty();
    if (may_be_left_out && !future.unmapped_in.empty())
        return finding(counted == 0 ? Severity::problem : Severity::warning,
                       fmt::format("{} will not map {} ({}): {}", join_first(future.unmapped_in, 1), shown,
                                   printable(future.unmapped.why, 80), effect_on_documents(future.unmapped)),
                       {Remedy::extend_mapping, check});
    if (may_be_left_out && !future.hidden_in.empty())
        return finding(counted == 0 ? Severity::problem : Severity::warning,
                       fmt::format("{} will be in a nested object in {}: its documents count as missing it", shown,
                                   join_first(future.hidden_in, 1)),
                       {Remedy::leave_nested_object, check});
    if (mapping.types.empty())
        return finding(Severity::warning, fmt::format("{} is not mapped in {} yet", shown, index),
                       {Remedy::wait_for_first_run, check});
    if (!mapping.visible_to_exists)
        return finding(Severity::problem,
                       fmt::format("{} has neither index nor doc_values: every document counts as missing it", shown),
                       "change its mapping, and reindex");
    if (!mapping.not_in.empty())
        return finding(Severity::warning,
                       fmt::format("{} is {}, and not mapped in {}", shown, mapping.as, join_first(mapping.not_in, 1)),
                       "expected before the backfill has run there");
    return finding(Severity::ok, fmt::format("{} is {}", shown, mapping.as));
}

} // namespace health::elasticsearch
