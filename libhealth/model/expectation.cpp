#include <model/expectation.hpp>

#include <base/json.hpp>
#include <base/json_text.hpp>
#include <base/numbers.hpp>
#include <base/printable.hpp>
#include <model/confidence.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace health {

namespace json = boost::json;

namespace {

constexpr std::string_view keyword = ".keyword";
constexpr std::size_t longest_shown = 200; ///< of a value, in bytes
constexpr std::size_t longest_id = 80;

bool is_whole(const json::value& value) {
    return value.is_int64() || value.is_uint64();
}

bool is_same_number(const json::value& a, const json::value& b) {
    if (is_whole(a) && is_whole(b))
        return a == b; // also of different signedness
    // The parser may be wrong in the last place, which depends on how the number was written: 2.0E-4, 0.0002.
    constexpr double tolerance = 4 * std::numeric_limits<double>::epsilon();
    const double first = a.to_number<double>();
    const double second = b.to_number<double>();
    return first == second || std::abs(first - second) <= tolerance * std::max(std::abs(first), std::abs(second));
}

const json::value& without_brackets(const json::value& value) {
    const json::array* array = value.if_array();
    return array != nullptr && array->size() == 1 ? without_brackets(array->front()) : value;
}

/// A value that is short enough to be shown and kept; of a longer one, the beginning of its text.
json::value shortened(const json::value& value) {
    if (const json::string* text = value.if_string())
        return json::value(printable(*text, longest_shown));
    const std::string text = json_text(value);
    return text.size() <= longest_shown ? value : json::value(printable(text, longest_shown));
}

std::string shown(const json::value& value) {
    return is_absent(value) ? "absent" : json_text(value);
}

} // namespace

std::optional<json::value> value_at(const json::object& document, std::string_view path) {
    const json::array found = values_at(document, path);
    if (found.empty() && path.ends_with(keyword))
        return value_at(document, path.substr(0, path.size() - keyword.size()));
    if (found.empty())
        return std::nullopt;
    if (found.size() == 1)
        return found.front();
    json::array all;
    for (const json::value& value : found) {
        if (const json::array* array = value.if_array())
            all.insert(all.end(), array->begin(), array->end());
        else
            all.push_back(value);
    }
    return all;
}

bool is_absent(const json::value& value) {
    if (const json::array* array = value.if_array())
        return std::ranges::all_of(*array, is_absent);
    if (const json::object* object = value.if_object())
        return std::ranges::all_of(*object, [](const auto& member) { return is_absent(member.value()); });
    return value.is_null();
}

bool is_same(const json::value& left, const json::value& right) {
    if (is_absent(left) || is_absent(right))
        return is_absent(left) && is_absent(right);
    const json::value& a = without_brackets(left);
    const json::value& b = without_brackets(right);
    if (a.is_number() && b.is_number())
        return is_same_number(a, b);
    if (a.is_array() && b.is_array())
        return std::ranges::equal(a.get_array(), b.get_array(), is_same);
    if (!a.is_object() || !b.is_object())
        return a == b;
    const auto has_all_of = [](const json::object& some, const json::object& other) {
        return std::ranges::all_of(some, [&](const auto& member) {
            const json::value* counterpart = other.if_contains(member.key());
            return counterpart == nullptr ? is_absent(member.value()) : is_same(member.value(), *counterpart);
        });
    };
    return has_all_of(a.get_object(), b.get_object()) && has_all_of(b.get_object(), a.get_object());
}

ExpectationResult compare(const std::vector<std::string>& fields, const DocumentId& document,
                          const std::vector<json::value>& found, const json::object& expected) {
    ExpectationResult out;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto wanted = value_at(expected, fields[i]);
        if (!wanted)
            continue;
        out.is_any_expected = true;
        if (!is_same(found.at(i), *wanted))
            out.mismatches.push_back({.document = document,
                                      .field = fields[i],
                                      .found = shortened(found[i]),
                                      .expected = shortened(*wanted)});
    }
    return out;
}

std::optional<std::string> unknown_key(const std::vector<std::string>& fields, const json::object& expected) {
    for (const auto& member : expected) {
        std::string key(member.key());
        const bool leads_to_one = std::ranges::any_of(
            fields, [&](const std::string& field) { return field == key || field.starts_with(key + "."); });
        if (!leads_to_one)
            return key;
    }
    return std::nullopt;
}

std::string describe(const Verification& verification) {
    const std::uint64_t sampled = verification.sampled;
    if (verification.all)
        return fmt::format("{} of all {} documents are as expected", verification.as_expected(), sampled);
    const auto bound = share(upper_bound_per_mille(verification.wrong, sampled), 1000);
    return fmt::format("{} of {} sampled documents are as expected (at most {} of all are wrong, {:.0f} % confidence)",
                       verification.as_expected(), sampled, percent(bound), usual_confidence * 100);
}

std::string describe(const Backfill& backfill, const Mismatch& mismatch) {
    const auto& [index, id] = mismatch.document;
    return fmt::format("{}{}: {} is {}, expected {}", index == backfill.index ? "" : printable(index, longest_id) + "/",
                       printable(id, longest_id), printable(mismatch.field, longest_id), shown(mismatch.found),
                       shown(mismatch.expected));
}

} // namespace health
