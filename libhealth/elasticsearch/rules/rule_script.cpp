#include <elasticsearch/rules/rule_query.hpp>

#include <fmt/format.h>

namespace health::elasticsearch {

namespace {

using Kind = MappedField::Kind;

/// Doc values are sorted, and so the order of all pairs follows from the first and the last value of each field.
struct Side {
    std::string_view values; ///< the variable
    std::string_view size;
    std::string_view conversion; ///< of a doc value
    Selection selection;

    [[nodiscard]] std::string at(std::string_view position) const {
        return fmt::format("{}.get({}){}", values, position, conversion);
    }
    [[nodiscard]] std::string first() const { return at(selection == Selection::greatest ? last_position() : "0"); }
    [[nodiscard]] std::string last() const { return at(selection == Selection::smallest ? "0" : last_position()); }
    [[nodiscard]] std::string last_position() const { return fmt::format("{} - 1", size); }
    [[nodiscard]] std::string begin() const { return selection == Selection::greatest ? last_position() : "0"; }
    [[nodiscard]] std::string end() const { return selection == Selection::smallest ? "1" : std::string(size); }
};

constexpr std::string_view order_of_numbers = "int order({0} a, {0} b) {{ return a < b ? -1 : (a > b ? 1 : 0); }}";

/// Exact, where both as doubles would not be: beyond 2^53, neighbours are the same double.
constexpr std::string_view order_of_whole_and_fractional =
    "int order(long a, double b) { if (b >= 9.223372036854775807E18) { return -1; } "
    "if (b < -9.223372036854775807E18) { return 1; } long whole = (long) b; "
    "if (a != whole) { return a < whole ? -1 : 1; } double rest = b - (double) whole; "
    "return rest > 0 ? -1 : (rest < 0 ? 1 : 0); }";

constexpr std::string_view order_of_dates = "int order(Instant a, Instant b) { return a.compareTo(b); }";

constexpr std::string_view order_of_booleans = "int order(boolean a, boolean b) { return a == b ? 0 : (a ? 1 : -1); }";

/// By code points, as UTF-8 sorts: Java compares the halves of surrogate pairs, which are from 0xD800 to 0xDFFF.
constexpr std::string_view order_of_texts =
    "int order(String a, String b) { int n = (int) Math.min(a.length(), b.length()); "
    "for (int i = 0; i < n; ++i) { int c = a.charAt(i); int d = b.charAt(i); "
    "if (c != d) { boolean half = c >= 55296 && c <= 57343; "
    "if (half != (d >= 55296 && d <= 57343)) { return half ? 1 : -1; } return c < d ? -1 : 1; } } "
    "return a.length() < b.length() ? -1 : (a.length() > b.length() ? 1 : 0); }";

bool is_exact(Kind kind) {
    return kind == Kind::whole || kind == Kind::date;
}

struct Order {
    std::string function;
    std::string_view left_conversion = "";
    std::string_view right_conversion = "";
    bool exchanged = false; ///< the function takes the right value first
};

Order order_of(Kind left, Kind right) {
    if (left == Kind::date && right == Kind::date)
        return {.function = std::string(order_of_dates),
                .left_conversion = ".toInstant()",
                .right_conversion = ".toInstant()"};
    if (left == Kind::boolean)
        return {.function = std::string(order_of_booleans)};
    if (left == Kind::keyword)
        return {.function = std::string(order_of_texts)};
    // A number beside a date is in milliseconds since 1970.
    constexpr std::string_view milliseconds = ".toInstant().toEpochMilli()";
    Order out{.function = {},
              .left_conversion = left == Kind::date ? milliseconds : "",
              .right_conversion = right == Kind::date ? milliseconds : "",
              .exchanged = !is_exact(left) && is_exact(right)};
    if (is_exact(left) != is_exact(right))
        out.function = order_of_whole_and_fractional;
    else
        out.function = fmt::format(fmt::runtime(order_of_numbers), is_exact(left) ? "long" : "double");
    return out;
}

std::string_view sign_of(Comparison comparison) {
    using enum Comparison;
    switch (comparison) {
    case less:
        return "<";
    case less_or_equal:
        return "<=";
    case greater:
        return ">";
    case greater_or_equal:
        return ">=";
    case equal:
        return "==";
    case not_equal:
        break;
    }
    return "!=";
}

} // namespace

std::string broken_script(const FieldCondition& condition, Kind left_kind, Kind right_kind) {
    using enum Comparison;
    const Order order = order_of(left_kind, right_kind);
    const Side left{
        .values = "l", .size = "n", .conversion = order.left_conversion, .selection = condition.left.selection};
    const Side right{
        .values = "r", .size = "m", .conversion = order.right_conversion, .selection = condition.right.selection};
    const auto holds = [&](const std::string& a, const std::string& b) {
        const Comparison comparison = order.exchanged ? mirrored(condition.comparison) : condition.comparison;
        return fmt::format("order({}, {}) {} 0", order.exchanged ? b : a, order.exchanged ? a : b, sign_of(comparison));
    };
    std::string out = fmt::format("{} def l = doc[params.left]; def r = doc[params.right]; "
                                  "int n = l.size(); int m = r.size(); if (n == 0 || m == 0) {{ return false; }} ",
                                  order.function);
    switch (condition.comparison) {
    case less:
    case less_or_equal:
        return out + fmt::format("return !({});", holds(left.last(), right.first()));
    case greater:
    case greater_or_equal:
        return out + fmt::format("return !({});", holds(left.first(), right.last()));
    case equal:
        return out +
               fmt::format("return !({} && {});", holds(left.first(), right.last()), holds(left.last(), right.first()));
    case not_equal:
        break;
    }
    return out + fmt::format("for (int i = {}; i < {}; ++i) {{ for (int j = {}; j < {}; ++j) {{ "
                             "if (!({})) {{ return true; }} }} }} return false;",
                             left.begin(), left.end(), right.begin(), right.end(), holds(left.at("i"), right.at("j")));
}

} // namespace health::elasticsearch
