#include <base/json.hpp>

#include <boost/json.hpp>

namespace health {

namespace json = boost::json;

namespace {

void collect(const json::value& value, std::string_view path, json::array& found);

void collect(const json::object& object, std::string_view path, json::array& found) {
    for (std::size_t dot = path.find('.');; dot = path.find('.', dot + 1)) {
        if (const json::value* member = object.if_contains(path.substr(0, dot))) {
            if (dot == std::string_view::npos)
                found.push_back(*member);
            else
                collect(*member, path.substr(dot + 1), found);
        }
        if (dot == std::string_view::npos)
            return;
    }
}

/// Of what is between the segments of a path, only objects, and arrays of them, lead further.
void collect(const json::value& value, std::string_view path, json::array& found) {
    if (const json::object* object = value.if_object())
        return collect(*object, path, found);
    if (const json::array* array = value.if_array())
        for (const json::value& element : *array)
            collect(element, path, found);
}

} // namespace

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

json::array values_at(const json::object& document, std::string_view field) {
    json::array out;
    collect(document, field, out);
    return out;
}

} // namespace health
