#include <ndjson/matcher.hpp>

#include <base/numbers.hpp>

#include <algorithm>
#include <cmath>

namespace health::ndjson {

namespace dom = simdjson::dom;

namespace {

/// Whether scalars inside of an object count for the path of the object.
enum class Reach { scalars_at_path, everything_below };

bool leads_into(std::string_view shorter, std::string_view longer) {
    // The dot first: it is seldom there, and saves comparing the names.
    return longer.size() > shorter.size() + 1 && longer[shorter.size()] == '.' && longer.starts_with(shorter);
}

/// What is left of the path behind the member; none when the path does not lead there.
std::optional<std::string_view> step(std::string_view path, std::string_view member, Reach reach) {
    // Most members are none of ours: one look at their first letter makes scanning a fifth faster.
    if (!path.empty() && !member.starts_with(path.front()))
        return std::nullopt;
    const bool below = path.empty() || leads_into(path, member);
    if (below && reach == Reach::scalars_at_path)
        return std::nullopt;
    if (below || path == member)
        return "";
    if (leads_into(member, path))
        return path.substr(member.size() + 1);
    return std::nullopt;
}

template <class Test>
bool any_scalar(const dom::element& value, std::string_view path, Reach reach, const Test& test) {
    switch (value.type()) {
    case dom::element_type::ARRAY:
        for (const dom::element element : dom::array(value))
            if (any_scalar(element, path, reach, test))
                return true;
        return false;
    case dom::element_type::OBJECT:
        for (const auto [member, inside] : dom::object(value))
            if (const auto rest = step(path, member, reach))
                if (any_scalar(inside, *rest, reach, test))
                    return true;
        return false;
    default:
        return (path.empty() || (path == "keyword" && value.is_string())) && test(value);
    }
}

} // namespace

bool exists(const dom::element& document, std::string_view path) {
    return any_scalar(document, path, Reach::everything_below,
                      [](const dom::element& scalar) { return !scalar.is_null(); });
}

void for_each_value(const dom::element& document, std::string_view path,
                    const std::function<void(std::string value)>& visit) {
    any_scalar(document, path, Reach::scalars_at_path, [&visit](const dom::element& scalar) {
        if (scalar.is_string())
            visit(std::string(scalar.get_string().value_unsafe()));
        else if (!scalar.is_null())
            visit(simdjson::to_string(scalar));
        return false;
    });
}

TermMatcher::TermMatcher(const Term& term) : field_(term.field) {
    for (const std::string& value : term.values)
        wanted_.push_back({.text = value, .number = to_number(value)});
}

bool TermMatcher::matches(const dom::element& document) const {
    return any_scalar(document, field_, Reach::scalars_at_path, [this](const dom::element& scalar) {
        return std::ranges::any_of(wanted_, [&](const Wanted& wanted) { return equals(scalar, wanted); });
    });
}

bool TermMatcher::equals(const dom::element& scalar, const Wanted& wanted) {
    switch (scalar.type()) {
    case dom::element_type::STRING:
        return scalar.get_string().value_unsafe() == wanted.text;
    case dom::element_type::BOOL:
        return wanted.text == (scalar.get_bool().value_unsafe() ? "true" : "false");
    case dom::element_type::INT64:
        return wanted.number == Number(scalar.get_int64().value_unsafe());
    case dom::element_type::UINT64:
        return wanted.number == Number(scalar.get_uint64().value_unsafe());
    case dom::element_type::DOUBLE:
        return wanted.number == normalized(scalar.get_double().value_unsafe());
    default:
        return false;
    }
}

TermMatcher::Number TermMatcher::normalized(double number) {
    constexpr double two_to_63 = 9223372036854775808.0;
    if (number != std::trunc(number))
        return number;
    if (number >= -two_to_63 && number < two_to_63)
        return static_cast<std::int64_t>(number);
    if (number > 0 && number < 2 * two_to_63)
        return static_cast<std::uint64_t>(number);
    return number;
}

std::optional<TermMatcher::Number> TermMatcher::to_number(std::string_view text) {
    if (const auto number = parse_number<std::int64_t>(text))
        return *number;
    if (const auto number = parse_number<std::uint64_t>(text))
        return *number;
    if (const auto number = parse_number<double>(text))
        return normalized(*number);
    return std::nullopt;
}

Tally::Tally(const Backfill& backfill)
    : population_(backfill.population.begin(), backfill.population.end()), field_(backfill.field),
      derived_fields_(backfill.derived), derived_(backfill.derived.size()) {}

std::optional<bool> Tally::is_missing(const dom::element& document) const {
    if (!std::ranges::all_of(population_, [&](const TermMatcher& term) { return term.matches(document); }))
        return std::nullopt;
    return !exists(document, field_);
}

void Tally::add(const dom::element& document) {
    const auto missing = is_missing(document);
    if (!missing)
        return;
    if (*missing) {
        ++missing_;
        return;
    }
    ++present_;
    for (std::size_t i = 0; i < derived_fields_.size(); ++i)
        derived_[i] += exists(document, derived_fields_[i]);
}

} // namespace health::ndjson
