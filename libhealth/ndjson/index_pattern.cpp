#include <ndjson/index_pattern.hpp>

#include <base/text.hpp>
#include <store/remedy.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace health::ndjson {

namespace {

bool is_pattern(std::string_view part) {
    return part == "_all" || part.find('*') != std::string_view::npos;
}

bool matches(std::string_view pattern, std::string_view name) {
    if (pattern == "_all")
        pattern = "*";
    // Dot indices are hidden from a pattern that does not ask for them.
    const bool hidden = name.starts_with('.') && pattern.starts_with('*');
    return !hidden && glob(pattern, name);
}

Result<void> check_stays_in_folder(std::string_view name) {
    if (name.empty())
        return Error{ErrorKind::usage, "an index name is empty", Remedy::check_index_names};
    if (name == "." || name == ".." || name.find_first_of(std::string_view("/\0", 2)) != std::string_view::npos)
        return Error{ErrorKind::usage, fmt::format("the index name {} would leave the store's folder", name),
                     "an index is the name of a file in the folder, without .ndjson"};
    return {};
}

void add_once(std::vector<std::string>& names, std::string_view name) {
    if (std::ranges::find(names, name) == names.end())
        names.emplace_back(name);
}

Error nothing_matches(std::string_view expression) {
    return {ErrorKind::index_missing, fmt::format("no index matches {}", expression), Remedy::check_index_and_folder};
}

} // namespace

bool has_wildcard(std::string_view expression) {
    return std::ranges::any_of(split(expression, ','), is_pattern);
}

Result<std::vector<std::string>> resolve_indices(std::string_view expression, std::span<const std::string> existing) {
    std::vector<std::string> chosen;
    bool may_exclude = false;
    for (const std::string_view part : split(expression, ',')) {
        if (const auto safe = check_stays_in_folder(part); !safe)
            return safe.error();
        if (may_exclude && part.starts_with('-')) {
            std::erase_if(chosen, [&](const std::string& name) { return matches(part.substr(1), name); });
        } else if (is_pattern(part)) {
            may_exclude = true;
            bool found = false;
            for (const std::string& name : existing) {
                if (!matches(part, name))
                    continue;
                found = true;
                add_once(chosen, name);
            }
            if (!found)
                return nothing_matches(part);
        } else {
            add_once(chosen, part);
        }
    }
    if (chosen.empty())
        return nothing_matches(expression);
    return chosen;
}

Result<void> check_index_name(std::string_view name) {
    if (const auto safe = check_stays_in_folder(name); !safe)
        return safe;
    if (is_pattern(name) || name.find(',') != std::string_view::npos)
        return Error{ErrorKind::rejected, fmt::format("{} is not the name of a single index", name),
                     "leave out commas and wildcards"};
    return {};
}

} // namespace health::ndjson
