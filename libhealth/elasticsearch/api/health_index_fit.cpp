#include <elasticsearch/api/health_index_fit.hpp>

#include <base/json.hpp>
#include <elasticsearch/api/mapping.hpp>
#include <store/remedy.hpp>

namespace health::elasticsearch {

namespace json = boost::json;

HealthIndexFit fit_of_health_index(const json::value& index, std::span<const FieldMapping> wanted) {
    if (is_closed(index))
        return {.problem = "is closed", .hint = Remedy::open_health_index};
    const json::object* mapping = find_object(index, {"mappings"});
    const json::object none;
    auto [lacking, conflict] = compare_mapping(wanted, mapping == nullptr ? none : *mapping);
    if (!conflict.empty())
        return {.problem = "has another mapping: " + conflict, .hint = Remedy::delete_health_index};
    if (lacking.size() == wanted.size() && find(index, {"mappings", "properties"}) != nullptr)
        return {.problem = "holds other documents: none of its fields belongs to a snapshot",
                .hint = Remedy::choose_health_index};
    return {.lacking = std::move(lacking)};
}

} // namespace health::elasticsearch
