#pragma once

#include <simdjson.h>

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace health::ndjson {

/// With more names, those that come last are not known: they are held in memory.
inline constexpr std::size_t max_field_names = 10'000;

/// The paths of the fields that documents have a value of, in objects with a dot between two names. Arrays are looked
/// into, as by FieldTrie.
class FieldNamesTally {
public:
    void add(const simdjson::dom::object& line);
    FieldNamesTally& operator+=(const FieldNamesTally& other);

    [[nodiscard]] std::vector<std::string> finish() const { return {names_.begin(), names_.end()}; }

private:
    void add_value(const simdjson::dom::element& value);
    void add_members(const simdjson::dom::object& object);
    void add_name(std::string_view name);

    std::set<std::string, std::less<>> names_;
    std::string path_; ///< where add() is
};

} // namespace health::ndjson
