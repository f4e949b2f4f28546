#include <ndjson/questions.hpp>

#include <base/numbers.hpp>

#include <algorithm>
#include <cmath>

namespace health::ndjson {

Number comparable(double number) {
    constexpr double two_to_63 = 9223372036854775808.0;
    if (number != std::trunc(number))
        return number;
    if (number >= -two_to_63 && number < two_to_63)
        return static_cast<std::int64_t>(number);
    if (number > 0 && number < 2 * two_to_63)
        return static_cast<std::uint64_t>(number);
    return number;
}

namespace {

std::optional<Number> to_number(std::string_view text) {
    if (const auto number = parse_number<std::int64_t>(text))
        return *number;
    if (const auto number = parse_number<std::uint64_t>(text))
        return *number;
    if (const auto number = parse_number<double>(text))
        return comparable(*number);
    return std::nullopt;
}

template <class Key>
void insert_sorted(std::vector<std::pair<Key, Questions::Question>>& sorted, Key key, Questions::Question question) {
    std::pair entry(std::move(key), question);
    const auto place = std::ranges::lower_bound(sorted, entry);
    if (place == sorted.end() || *place != entry)
        sorted.insert(place, std::move(entry));
}

} // namespace

Questions::AtPath& Questions::at(FieldTrie::Path path) {
    at_path_.resize(paths_.size());
    return at_path_[path];
}

Questions::Question Questions::exists(std::string_view path) {
    Question& existence = at(paths_.add(path)).existence;
    if (existence == none)
        existence = size_++;
    return existence;
}

Questions::Question Questions::matches(const Term& term) {
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
