#include <base/time.hpp>
#include <elasticsearch/rules/range_query.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <limits>
#include <string>
#include <string_view>
#include <utility>

using namespace health;
using namespace health::elasticsearch;
using Kind = MappedField::Kind;

namespace {

constexpr std::string_view nothing = "nothing";

MappedField byte_field() {
    return {.kind = Kind::whole, .types = "byte", .smallest = -128, .greatest = 127};
}

MappedField long_field() {
    return {.kind = Kind::whole,
            .types = "long",
            .smallest = static_cast<ExactNumber>(std::numeric_limits<std::int64_t>::min()),
            .greatest = static_cast<ExactNumber>(std::numeric_limits<std::int64_t>::max())};
}

MappedField double_field() {
    constexpr double greatest = std::numeric_limits<double>::max();
    return {.kind = Kind::fractional, .types = "double", .smallest = -greatest, .greatest = greatest};
}

MappedField date_field() {
    const auto milliseconds = [](std::string_view text) {
        return static_cast<ExactNumber>(parse_iso_date(text)->time_since_epoch().count());
    };
    return {.kind = Kind::date,
            .types = "date",
            .smallest = milliseconds("0001-01-01"),
            .greatest = milliseconds("9999-12-31T23:59:59.999")};
}

std::optional<Bound> from(Literal value) {
    return Bound{.value = std::move(value), .inclusive = true};
}

std::optional<Bound> beyond(Literal value) {
    return Bound{.value = std::move(value), .inclusive = false};
}

std::string query(const MappedField& field, const ValueRange& range) {
    const auto out = range_query("f", field, range, *parse_iso_date("2025-10-10T14:22:31.250Z"));
    return out ? boost::json::serialize(*out) : std::string(nothing);
}

std::string above(const MappedField& field, std::optional<Bound> bound) {
    return query(field, {.lower = std::move(bound)});
}

std::string below(const MappedField& field, std::optional<Bound> bound) {
    return query(field, {.upper = std::move(bound)});
}

constexpr std::string_view anything = R"({"exists":{"field":"f"}})";

} // namespace

TEST_CASE("a bound within the limits of a type is sent as it is") {
    CHECK(query(byte_field(), {.lower = from(ExactNumber(-128)), .upper = beyond(ExactNumber(127))}) ==
          R"({"range":{"f":{"gte":-128,"lt":127}}})");
    CHECK(below(double_field(), beyond(ExactNumber(2.5))) == R"({"range":{"f":{"lt":2.5E0}}})");
}

TEST_CASE("a bound outside of the limits of a type excludes nothing or everything") {
    CHECK(below(byte_field(), from(ExactNumber(128))) == anything);
    CHECK(above(byte_field(), from(ExactNumber(-129))) == anything);
    CHECK(above(byte_field(), from(ExactNumber(128))) == nothing);
    CHECK(below(byte_field(), from(ExactNumber(-129))) == nothing);
    CHECK(above(long_field(), from(ExactNumber(1e19L))) == nothing);
    CHECK(below(long_field(), from(ExactNumber(1e19L))) == anything);
    CHECK(query(byte_field(), {.lower = from(ExactNumber(5)), .upper = from(ExactNumber(1000))}) ==
          R"({"range":{"f":{"gte":5}}})");
    CHECK(query(byte_field(), {}) == anything);
}

TEST_CASE("a fraction is rounded to the next integer within the bound") {
    CHECK(above(long_field(), beyond(ExactNumber(2.5))) == R"({"range":{"f":{"gte":3}}})");
    CHECK(above(long_field(), from(ExactNumber(-2.5))) == R"({"range":{"f":{"gte":-2}}})");
    CHECK(below(long_field(), from(ExactNumber(2.5))) == R"({"range":{"f":{"lte":2}}})");
    CHECK(below(long_field(), beyond(ExactNumber(-2.5))) == R"({"range":{"f":{"lte":-3}}})");
    // Just outside of the limits, but no value of the type is between.
    CHECK(below(byte_field(), from(ExactNumber(127.5))) == R"({"range":{"f":{"lte":127}}})");
    CHECK(above(byte_field(), from(ExactNumber(127.5))) == nothing);
}

TEST_CASE("integers beyond 2^53 keep all their digits") {
    CHECK(above(long_field(), from(ExactNumber(9007199254740993))) == R"({"range":{"f":{"gte":9007199254740993}}})");
    CHECK(below(long_field(), from(static_cast<ExactNumber>(std::numeric_limits<std::int64_t>::max()))) ==
          R"({"range":{"f":{"lte":9223372036854775807}}})");
    MappedField unsigned_field{.kind = Kind::whole, .types = "unsigned_long", .smallest = 0};
    unsigned_field.greatest = static_cast<ExactNumber>(std::numeric_limits<std::uint64_t>::max());
    CHECK(below(unsigned_field, from(unsigned_field.greatest)) == R"({"range":{"f":{"lte":18446744073709551615}}})");
}

TEST_CASE("an integer that no double equals is rounded to the next double, on the side of the bound") {
    // 2^53 + 1 is between two doubles, 2^53 and 2^53 + 2. The former is the nearest.
    const ExactNumber between = 9007199254740993;
    CHECK(above(double_field(), from(between)) == R"({"range":{"f":{"gt":9007199254740992}}})");
    CHECK(above(double_field(), beyond(between)) == R"({"range":{"f":{"gt":9007199254740992}}})");
    CHECK(below(double_field(), from(between)) == R"({"range":{"f":{"lte":9007199254740992}}})");
    CHECK(below(double_field(), beyond(between)) == R"({"range":{"f":{"lte":9007199254740992}}})");
    // And of 2^53 + 3 the latter of 2^53 + 2 and 2^53 + 4.
    CHECK(above(double_field(), beyond(ExactNumber(9007199254740995))) ==
          R"({"range":{"f":{"gte":9007199254740996}}})");
    CHECK(below(double_field(), from(ExactNumber(9007199254740995))) == R"({"range":{"f":{"lt":9007199254740996}}})");
}

TEST_CASE("a date is sent as a full instant, which no engine rounds") {
    CHECK(below(date_field(), from(*parse_iso_date("2025-10-10"))) ==
          R"({"range":{"f":{"lte":"2025-10-10T00:00:00.000Z","format":"strict_date_optional_time"}}})");
    CHECK(above(date_field(), beyond(*parse_iso_date("2025-10-10T14:22:31.5+02:00"))) ==
          R"({"range":{"f":{"gt":"2025-10-10T12:22:31.500Z","format":"strict_date_optional_time"}}})");
    // Milliseconds since 1970
    CHECK(above(date_field(), from(ExactNumber(1760106151000))) ==
          R"({"range":{"f":{"gte":"2025-10-10T14:22:31.000Z","format":"strict_date_optional_time"}}})");
    CHECK(above(date_field(), from(ExactNumber(1e18L))) == nothing);
    CHECK(below(date_field(), from(ExactNumber(1e18L))) == anything);
}

TEST_CASE("the engine itself says when now is, but for numbers") {
    CHECK(below(date_field(), beyond(RelativeTime{})) ==
          R"({"range":{"f":{"lt":"now","format":"strict_date_optional_time"}}})");
    CHECK(above(date_field(), from(RelativeTime{.count = -30, .unit = 'd'})) ==
          R"({"range":{"f":{"gte":"now-30d","format":"strict_date_optional_time"}}})");
    CHECK(above(date_field(), from(RelativeTime{.count = 2, .unit = 'y'})) ==
          R"({"range":{"f":{"gte":"now+2y","format":"strict_date_optional_time"}}})");
    CHECK(above(long_field(), from(RelativeTime{})) == R"({"range":{"f":{"gte":1760106151250}}})");
}

TEST_CASE("a Boolean is one of two values") {
    const MappedField boolean{.kind = Kind::boolean, .types = "boolean"};
    CHECK(above(boolean, from(true)) == R"({"terms":{"f":[true]}})");
    CHECK(above(boolean, from(false)) == R"({"terms":{"f":[false,true]}})");
    CHECK(above(boolean, beyond(false)) == R"({"terms":{"f":[true]}})");
    CHECK(above(boolean, beyond(true)) == R"({"terms":{"f":[]}})");
    CHECK(below(boolean, beyond(true)) == R"({"terms":{"f":[false]}})");
    CHECK(query(boolean, {.lower = from(false), .upper = from(false)}) == R"({"terms":{"f":[false]}})");
}

TEST_CASE("a text is compared as it is") {
    const MappedField keyword{.kind = Kind::keyword, .types = "keyword"};
    CHECK(query(keyword, {.lower = beyond(std::string("a\"b")), .upper = from(std::string("é"))}) ==
          R"({"range":{"f":{"gt":"a\"b","lte":"é"}}})");
    CHECK(above(keyword, from(true)) == R"({"range":{"f":{"gte":"true"}}})");
}
