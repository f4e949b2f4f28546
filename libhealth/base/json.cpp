#include <base/json.hpp>

#include <boost/json.hpp>

namespace health {

namespace json = boost::json;

std::optional<json::object> parse_object(std::string_view text, std::size_t max_depth) {
    boost::system::error_code failure;
    json::parse_options options;
    options.max_depth = max_depth;
    json::value parsed = json::parse(text, failure, {}, options);
    if (failure || !parsed.is_object())
        return std::nullopt;
    return std::move(parsed.get_object());
}

const json::value* find(JsonRoot root, JsonPath path) {
    const json::object* object = root.object();
    const json::value* found = nullptr;
    for (const std::string_view key : path) {
        found = object == nullptr ? nullptr : object->if_contains(key);
        object = found == nullptr ? nullptr : found->if_object();
    }
    return found;
}

const json::object* find_object(JsonRoot root, JsonPath path) {
    const json::value* value = find(root, path);
    return value == nullptr ? nullptr : value->if_object();
}

const json::array* find_array(JsonRoot root, JsonPath path) {
    const json::value* value = find(root, path);
    return value == nullptr ? nullptr : value->if_array();
}

std::optional<std::uint64_t> find_count(JsonRoot root, JsonPath path) {
    return as_count(find(root, path));
}

std::optional<std::uint64_t> as_count(const json::value* value) {
    if (value == nullptr || !value->is_int64() || value->get_int64() < 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(value->get_int64());
}

std::string find_text(JsonRoot root, JsonPath path) {
    const json::string* text = find_string(root, path);
    return text == nullptr ? std::string{} : std::string(*text);
}

const json::string* find_string(JsonRoot root, JsonPath path) {
    const json::value* value = find(root, path);
    return value == nullptr ? nullptr : value->if_string();
}

std::optional<bool> find_bool(JsonRoot root, JsonPath path) {
    const json::value* value = find(root, path);
    return value != nullptr && value->is_bool() ? std::optional(value->get_bool()) : std::nullopt;
}

} // namespace health
