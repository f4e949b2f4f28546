#include <ndjson/values.hpp>

#include <base/time.hpp>

#include <fmt/format.h>

#include <cstdint>

namespace health::ndjson {

namespace {

using Type = simdjson::dom::element_type;

std::optional<ExactNumber> date_in(std::string_view text) {
    if (const auto instant = parse_instant(text))
        return static_cast<ExactNumber>(instant->time_since_epoch().count());
    return std::nullopt;
}

std::partial_ordering ordering(const std::optional<ExactNumber>& a, const std::optional<ExactNumber>& b) {
    return a && b ? *a <=> *b : std::partial_ordering::unordered;
}

} // namespace

bool has_form_of_date(std::string_view text) {
    constexpr std::size_t digits_of_year = 4;
    return text.size() > digits_of_year && text[digits_of_year] == '-';
}

std::int64_t date_of(std::int64_t number) {
    const bool is_year = number >= 1000 && number <= 9999;
    return is_year ? parse_date_milliseconds(fmt::format("{}", number)).value_or(number) : number;
}

std::optional<ExactNumber> Value::number() const {
    switch (scalar_.type()) {
    case Type::INT64:
        return static_cast<ExactNumber>(scalar_.get_int64().value_unsafe());
    case Type::UINT64:
        return static_cast<ExactNumber>(scalar_.get_uint64().value_unsafe());
    case Type::DOUBLE:
        return static_cast<ExactNumber>(scalar_.get_double().value_unsafe());
    case Type::STRING:
        return parse_exact_number(string());
    default:
        return std::nullopt;
    }
}

std::optional<ExactNumber> Value::date() const {
    if (scalar_.is_int64())
        return static_cast<ExactNumber>(date_of(scalar_.get_int64().value_unsafe()));
    if (!scalar_.is_string())
        return number();
    if (!date_)
        date_ = date_in(string());
    return *date_;
}

std::optional<ExactNumber> Value::boolean() const {
    if (scalar_.is_bool())
        return scalar_.get_bool().value_unsafe() ? 1 : 0;
    if (!scalar_.is_string())
        return std::nullopt;
    if (string() == "true")
        return 1;
    return string() == "false" || string().empty() ? std::optional<ExactNumber>(0) : std::nullopt;
}

std::optional<ExactNumber> Value::as(ValueKind kind) const {
    switch (kind) {
    case ValueKind::number: {
        const auto as_number = number();
        return as_number ? as_number : date();
    }
    case ValueKind::date:
        return date();
    case ValueKind::boolean:
        return boolean();
    case ValueKind::text:
        break;
    }
    return std::nullopt;
}

boost::json::value Value::json() const {
    switch (scalar_.type()) {
    case Type::INT64:
        return scalar_.get_int64().value_unsafe();
    case Type::UINT64:
        return scalar_.get_uint64().value_unsafe();
    case Type::DOUBLE:
        return scalar_.get_double().value_unsafe();
    case Type::BOOL:
        return scalar_.get_bool().value_unsafe();
    case Type::STRING:
        return boost::json::string(string());
    default:
        return nullptr;
    }
}

std::string Value::text() const {
    return scalar_.is_string() ? std::string(string()) : simdjson::to_string(scalar_);
}

std::partial_ordering Value::compare(const Value& other) const {
    if (scalar_.is_bool() || other.scalar_.is_bool())
        return ordering(boolean(), other.boolean());
    if (!scalar_.is_string() || !other.scalar_.is_string())
        return ordering(as(ValueKind::number), other.as(ValueKind::number));
    if (has_form_of_date(string()) || has_form_of_date(other.string()))
        if (const auto order = ordering(date(), other.date()); order != std::partial_ordering::unordered)
            return order;
    return string() <=> other.string();
}

} // namespace health::ndjson
