#include <base/json_text.hpp>

#include <boost/json.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace health {

namespace json = boost::json;

namespace {

void write(std::string& out, const json::value& value);

/// The shortest decimal digits that parse to the same number.
void write_number(std::string& out, double number) {
    if (!std::isfinite(number)) { // JSON cannot represent these
        out += "null";
        return;
    }
    constexpr std::size_t sign_and_point = 4;
    std::array<char, std::numeric_limits<double>::max_exponent10 + std::numeric_limits<double>::max_digits10 +
                         -std::numeric_limits<double>::min_exponent10 + sign_and_point>
        digits{};
    out.append(digits.data(),
               std::to_chars(digits.data(), digits.data() + digits.size(), number, std::chars_format::fixed).ptr);
}

template <class Values, class Write>
void write_list(std::string& out, std::string_view brackets, const Values& values, const Write& write_one) {
    out += brackets.front();
    bool first = true;
    for (const auto& each : values) {
        if (!std::exchange(first, false))
            out += ',';
        write_one(each);
    }
    out += brackets.back();
}

void write(std::string& out, const json::value& value) {
    if (const auto* object = value.if_object())
        write_list(out, "{}", *object, [&](const json::key_value_pair& member) {
            out += json::serialize(json::string(member.key()));
            out += ':';
            write(out, member.value());
        });
    else if (const auto* array = value.if_array())
        write_list(out, "[]", *array, [&](const json::value& each) { write(out, each); });
    else if (const auto* number = value.if_double())
        write_number(out, *number);
    else
        out += json::serialize(value);
}

} // namespace

std::string json_text(const json::value& value) {
    std::string out;
    write(out, value);
    return out;
}

std::string json_escaped(std::string_view text) {
    const std::string quoted = json::serialize(json::string(text));
    return quoted.substr(1, quoted.size() - 2);
}

} // namespace health
