#include <ndjson/predicates.hpp>

#include <base/numbers.hpp>

#include <algorithm>

namespace health::ndjson {

namespace {

std::optional<ComparableNumber> to_number(std::string_view text) {
    const auto number = parse_exact_number(text);
    return number ? std::optional(narrowed(*number)) : std::nullopt;
}

template <class Key>
void insert_sorted(std::vector<std::pair<Key, Predicates::Id>>& sorted, Key key, Predicates::Id predicate) {
    std::pair entry(std::move(key), predicate);
    const auto place = std::ranges::lower_bound(sorted, entry);
    if (place == sorted.end() || *place != entry)
        sorted.insert(place, std::move(entry));
}

} // namespace

Predicates::AtPath& Predicates::at(FieldTrie::Path path) {
    at_path_.resize(paths_.size());
    return at_path_[path];
}

Predicates::Id Predicates::exists(std::string_view path) {
    Id& existence = at(paths_.add(path)).existence;
    if (existence == none)
        existence = size_++;
    return existence;
}

Predicates::Id Predicates::matches(const Term& term) {
    const FieldTrie::Path path = paths_.add(term.field);
    const auto [known, is_new] = terms_.try_emplace({path, term.values}, size_);
    if (!is_new)
        return known->second;
    AtPath& asked = at(path);
    for (const std::string& value : term.values) {
        insert_sorted(asked.texts, value, size_);
        if (const auto number = to_number(value))
            insert_sorted(asked.numbers, *number, size_);
    }
    return size_++;
}

} // namespace health::ndjson
