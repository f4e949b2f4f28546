#include <ndjson/field_names.hpp>

#include <ndjson/scanner.hpp>

namespace health::ndjson {

void FieldNamesTally::add(const simdjson::dom::object& line) {
    path_.clear();
    add_members(document_in(line));
}

void FieldNamesTally::add_members(const simdjson::dom::object& object) {
    const std::size_t outer = path_.size();
    for (const auto [name, value] : object) {
        if (outer > 0)
            path_ += '.';
        path_ += name;
        add_value(value);
        path_.resize(outer);
    }
}

void FieldNamesTally::add_value(const simdjson::dom::element& value) {
    using enum simdjson::dom::element_type;
    switch (value.type()) {
    case ARRAY:
        for (const simdjson::dom::element element : simdjson::dom::array(value))
            add_value(element);
        return;
    case OBJECT:
        add_members(simdjson::dom::object(value));
        return;
    case NULL_VALUE:
        return;
    default:
        add_name(path_);
    }
}

void FieldNamesTally::add_name(std::string_view name) {
    constexpr std::size_t longest = 200; // bytes
    if (names_.size() < max_field_names && name.size() <= longest && !names_.contains(name))
        names_.emplace(name);
}

FieldNamesTally& FieldNamesTally::operator+=(const FieldNamesTally& other) {
    for (const std::string& name : other.names_)
        add_name(name);
    return *this;
}

} // namespace health::ndjson
