#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace health::ndjson {

/// For so many elements comparing all is faster than a binary search: most texts differ in length already.
inline constexpr std::size_t few_elements = 8;

/// Calls `visit` with the elements of the sorted vector that have the key.
template <class Element, class Key, class KeyOf, class Visit>
void for_each_equal(const std::vector<Element>& sorted, const Key& key, const KeyOf& key_of, const Visit& visit) {
    if (sorted.size() <= few_elements) {
        for (const Element& element : sorted)
            if (key_of(element) == key)
                visit(element);
        return;
    }
    for (auto found = std::ranges::lower_bound(sorted, key, {}, key_of); found != sorted.end() && key_of(*found) == key;
         ++found)
        visit(*found);
}

} // namespace health::ndjson
