#include <elasticsearch/api/duplicate_key.hpp>

#include <simdjson.h>

#include <set>
#include <string_view>

namespace health::elasticsearch {

namespace {

bool has_duplicate_key(const simdjson::dom::element& element) {
    if (element.is_array()) {
        for (const simdjson::dom::element child : simdjson::dom::array(element))
            if (has_duplicate_key(child))
                return true;
        return false;
    }
    if (!element.is_object())
        return false;
    std::set<std::string_view> keys;
    for (const auto [key, value] : simdjson::dom::object(element))
        if (!keys.insert(key).second || has_duplicate_key(value))
            return true;
    return false;
}

} // namespace

bool has_duplicate_key(const std::string& json) {
    simdjson::dom::parser parser;
    const auto parsed = parser.parse(json);
    return parsed.error() != simdjson::SUCCESS || has_duplicate_key(parsed.value_unsafe());
}

} // namespace health::elasticsearch
