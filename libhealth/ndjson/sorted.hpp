#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>
#include <vector>

namespace health::ndjson {

/// The first element of the sorted vector that has the key; its end if there is none.
template <class Element, class Key, class KeyOf>
auto find_equal(const std::vector<Element>& sorted, const Key& key, const KeyOf& key_of) {
    // For a few elements comparing all is faster than a binary search: most texts differ in length already.
    constexpr std::size_t few = 8;
    if (sorted.size() <= few)
        return std::ranges::find(sorted, key, key_of);
    const auto found = std::ranges::lower_bound(sorted, key, {}, key_of);
    return found != sorted.end() && std::invoke(key_of, *found) == key ? found : sorted.end();
}

/// Calls `visit` with the elements of the sorted vector that have the key.
template <class Element, class Key, class KeyOf, class Visit>
void for_each_equal(const std::vector<Element>& sorted, const Key& key, const KeyOf& key_of, const Visit& visit) {
    for (auto found = find_equal(sorted, key, key_of); found != sorted.end() && std::invoke(key_of, *found) == key;
         ++found)
        visit(*found);
}

} // namespace health::ndjson
