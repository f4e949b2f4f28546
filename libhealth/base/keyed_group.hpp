#pragma once

#include <algorithm>
#include <concepts>
#include <type_traits>
#include <utility>
#include <vector>

namespace health {

/// Those that share a key, such as what fails with the same error.
template <class Key, class Member>
struct KeyedGroup {
    Key key;
    std::vector<Member> members{};
};

/// Puts the member into the group of this key, or begins one: groups are in the order of their first members.
template <std::equality_comparable Key, class Member>
void add_to_group(std::vector<KeyedGroup<Key, Member>>& groups, const std::type_identity_t<Key>& key,
                  std::type_identity_t<Member> member) {
    auto found = std::ranges::find(groups, key, &KeyedGroup<Key, Member>::key);
    if (found == groups.end())
        found = groups.insert(found, {.key = key, .members = {}});
    found->members.push_back(std::move(member));
}

} // namespace health
