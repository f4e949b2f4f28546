#include <base/json.hpp>
#include <base/printable.hpp>
#include <elasticsearch/api/health_index_fit.hpp>
#include <elasticsearch/doctor/checks.hpp>
#include <elasticsearch/doctor/writing_indices.hpp>
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
        return !data_stream_of(each.value()).empty() ||
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
        if (!index.is_object())
            continue;
        const auto fit = fit_of_health_index(index, wanted);
        if (!fit.problem.empty())
            out.push_back(problem(fmt::format("{} {}", name, fit.problem), fit.hint));
        else if (!fit.lacking.empty())
            out.push_back(problem(fmt::format("{} lacks the field {}", name, printable(fit.lacking.front().field)),
                                  Remedy::complete_health_index));
    }
    if (indices.size() > 1 && !has_write_index(indices, health_index))
        out.push_back(
            problem(fmt::format("{} resolves to {} indices, none of which is its write index", shown, indices.size()),
                    "make one of them the write index of the alias (is_write_index)"));
    if (indices.empty())
        out.push_back(problem(fmt::format("{} does not exist", shown), Remedy::complete_health_index));
    if (out.empty())
        out.push_back({.check = "health-index", .message = fmt::format("{} exists, and its mapping matches", shown)});
    return out;
}

} // namespace health::elasticsearch
