#pragma once

#include <model/backfill.hpp>
#include <ndjson/scanner.hpp>
#include <ndjson/tally.hpp>

#include <algorithm>
#include <string>
#include <string_view>

/// What a document counts for, as plainly as it can be said: each path by a walk of its own. Numbers are compared as
/// they are written, so documents and terms must write the same number the same way.
namespace health::tests {

namespace dom = simdjson::dom;

enum class Reach { scalars_at_path, everything_below };

inline bool begins_with_name(std::string_view path, std::string_view name) {
    return path.size() > name.size() + 1 && path.starts_with(name) && path[name.size()] == '.';
}

template <class Test>
bool any_scalar(const dom::element& value, std::string_view path, Reach reach, const Test& test);

template <class Test>
bool any_in_members(const dom::object& object, std::string_view path, Reach reach, const Test& test) {
    for (const auto [member, inside] : object) {
        std::string_view rest;
        if (path.empty() || (!member.empty() && begins_with_name(member, path))) {
            if (reach == Reach::scalars_at_path)
                continue;
        } else if (!member.empty() && begins_with_name(path, member)) {
            rest = path.substr(member.size() + 1);
        } else if (member != path) {
            continue;
        }
        if (any_scalar(inside, rest, reach, test))
            return true;
    }
    return false;
}

template <class Test>
bool any_scalar(const dom::element& value, std::string_view path, Reach reach, const Test& test) {
    if (value.is_object())
        return any_in_members(dom::object(value), path, reach, test);
    if (!value.is_array())
        return !value.is_null() && (path.empty() || (path == "keyword" && value.is_string())) && test(value);
    for (const dom::element element : dom::array(value))
        if (any_scalar(element, path, reach, test))
            return true;
    return false;
}

inline bool naive_exists(const dom::object& document, std::string_view path) {
    return any_in_members(document, path, Reach::everything_below, [](const dom::element&) { return true; });
}

inline bool naive_matches(const dom::object& document, const Term& term) {
    return any_in_members(document, term.field, Reach::scalars_at_path, [&](const dom::element& scalar) {
        const std::string text =
            scalar.is_string() ? std::string(std::string_view(scalar)) : simdjson::to_string(scalar);
        return std::ranges::find(term.values, text) != term.values.end();
    });
}

inline void naive_add(ndjson::BackfillCounts& counts, const Backfill& backfill, const dom::object& line) {
    const dom::object document = ndjson::document_in(line);
    counts.derived.resize(backfill.derived.size());
    if (!std::ranges::all_of(backfill.population, [&](const Term& term) { return naive_matches(document, term); }))
        return;
    if (!naive_exists(document, backfill.field)) {
        ++counts.missing;
        return;
    }
    ++counts.present;
    for (std::size_t i = 0; i < backfill.derived.size(); ++i)
        counts.derived[i] += naive_exists(document, backfill.derived[i]) ? 1 : 0;
}

} // namespace health::tests
