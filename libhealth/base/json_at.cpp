#include <base/json_at.hpp>

#include <boost/json.hpp>

namespace health::elasticsearch {

namespace json = boost::json;

const json::value* find(const json::object& object, Path path) {
    const json::object* at = &object;
    const json::value* found = nullptr;
    for (const std::string_view key : path) {
        found = at == nullptr ? nullptr : at->if_contains(key);
        at = found == nullptr ? nullptr : found->if_object();
    }
    return found;
}

const json::object* find_object(const json::object& object, Path path) {
    const json::value* value = find(object, path);
    return value == nullptr ? nullptr : value->if_object();
}

std::optional<std::uint64_t> find_count(const json::object& object, Path path) {
    const json::value* value = find(object, path);
    if (value == nullptr || !value->is_int64() || value->get_int64() < 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(value->get_int64());
}

std::string find_text(const json::object& object, Path path) {
    const json::value* value = find(object, path);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string{};
}

bool find_bool(const json::object& object, Path path) {
    const json::value* value = find(object, path);
    return value != nullptr && value->is_bool() && value->get_bool();
}

} // namespace health::elasticsearch
