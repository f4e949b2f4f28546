#include <base/json.hpp>
#include <base/printable.hpp>
#include <elasticsearch/api/mapping.hpp>
#include <elasticsearch/doctor/checks.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

/// Of an alias of several indices; a data stream has one without saying so.
bool has_write_index(const json::object& indices, const std::string& alias) {
    return std::ranges::any_of(indices, [&](const auto& each) {
        return std::string_view(each.key()).starts_with(".ds-") ||
               find_bool(each.value(), {"aliases", alias, "is_write_index"}).value_or(false);
    });
}

} // namespace

Findings check_health_index(const json::object& indices, std::span<const FieldMapping> wanted,
                            const std::string& health_index) {
    const std::string shown = printable(health_index, 80);
    const auto problem = [](std::string message, Hint hint) {
        return Finding{.check = "health-index",
                       .severity = Severity::problem,
                       .message = std::move(message),
                       .hint = std::move(hint)};
    };
    Findings out;
    for (const auto& [key, index] : indices) {
        const std::string name = printable(std::string_view(key), 80);
        const json::object* details = index.if_object();
        if (details == nullptr)
            continue;
        if (is_closed(index)) {
            out.push_back(problem(fmt::format("{} is closed", name), Remedy::open_health_index));
            continue;
        }
        const json::object* mappings = find_object(*details, {"mappings"});
        const auto difference = compare_mapping(wanted, mappings == nullptr ? json::object{} : *mappings);
        if (!difference.conflict.empty())
            out.push_back(problem(fmt::format("{} has another mapping: {}", name, difference.conflict),
                                  Remedy::delete_health_index));
        else if (difference.lacking.size() == wanted.size() && find(*details, {"mappings", "properties"}) != nullptr)
            out.push_back(
                problem(fmt::format("{} holds other documents: none of its fields belongs to a snapshot", name),
                        Remedy::choose_health_index));
        else if (!difference.lacking.empty())
            out.push_back(
                problem(fmt::format("{} lacks the field {}", name, printable(difference.lacking.front().field)),
                        Remedy::complete_health_index));
    }
    if (indices.size() > 1 && !has_write_index(indices, health_index))
        out.push_back(
            problem(fmt::format("{} stands for {} indices, and none of them is its write index", shown, indices.size()),
                    "make one of them the write index of the alias (is_write_index)"));
    if (indices.empty())
        out.push_back(problem(fmt::format("{} does not exist", shown), Remedy::complete_health_index));
    if (out.empty())
        out.push_back({.check = "health-index", .message = fmt::format("{} exists, and its mapping matches", shown)});
    return out;
}

} // namespace health::elasticsearch
