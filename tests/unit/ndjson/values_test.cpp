#include <base/time.hpp>
#include <ndjson/values.hpp>

#include <doctest/doctest.h>
#include <simdjson.h>

#include <compare>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace health;
using namespace health::ndjson;

namespace {

/// A scalar with the parser that owns it.
class Scalar {
public:
    explicit Scalar(std::string_view json) : parsed_(parser_->parse(std::string("[") + std::string(json) + "]")) {}

    [[nodiscard]] Value value() const { return Value(simdjson::dom::array(parsed_).at(0)); }

private:
    std::unique_ptr<simdjson::dom::parser> parser_ = std::make_unique<simdjson::dom::parser>();
    simdjson::dom::element parsed_;
};

std::optional<ExactNumber> as(ValueKind kind, std::string_view json) {
    return Scalar(json).value().as(kind);
}

ExactNumber milliseconds(std::string_view date) {
    return static_cast<ExactNumber>(parse_iso_date(date)->time_since_epoch().count());
}

std::partial_ordering compare(std::string_view left, std::string_view right) {
    const Scalar a(left);
    const Scalar b(right);
    return a.value().compare(b.value());
}

} // namespace

TEST_CASE("numbers are read as engines coerce them") {
    CHECK(as(ValueKind::number, "-12") == -12);
    CHECK(as(ValueKind::number, "2.5") == 2.5L);
    CHECK(as(ValueKind::number, "\"2.5\"") == 2.5L);
    CHECK(as(ValueKind::number, "9007199254740993") == 9007199254740993.0L);
    CHECK(as(ValueKind::number, "18446744073709551615") == 18446744073709551615.0L);
    CHECK(as(ValueKind::number, "\"9223372036854775807\"") == 9223372036854775807.0L);
    CHECK(as(ValueKind::number, "true") == std::nullopt);
    CHECK(as(ValueKind::number, "\"open\"") == std::nullopt);
}

TEST_CASE("a date among numbers is in milliseconds") {
    CHECK(as(ValueKind::number, "\"2025-10-10\"") == milliseconds("2025-10-10"));
}

TEST_CASE("dates are ISO 8601 or milliseconds") {
    CHECK(as(ValueKind::date, "\"2025-10-10\"") == milliseconds("2025-10-10T00:00:00Z"));
    CHECK(as(ValueKind::date, "\"2025-10-10T14:22:31.5+02:00\"") == milliseconds("2025-10-10T12:22:31.5Z"));
    CHECK(as(ValueKind::date, "1760106151000") == 1760106151000.0L);
    CHECK(as(ValueKind::date, "\"1760106151000\"") == 1760106151000.0L);
    CHECK(as(ValueKind::date, "\"soon\"") == std::nullopt);
    CHECK(as(ValueKind::date, "true") == std::nullopt);
}

TEST_CASE("a number of four digits is a year in a date field") {
    CHECK(as(ValueKind::date, "2025") == milliseconds("2025-01-01"));
    CHECK(as(ValueKind::date, "999") == 999);
    CHECK(as(ValueKind::date, "10000") == 10000);
    CHECK(as(ValueKind::number, "2025") == 2025);
}

TEST_CASE("Booleans may be written as text, of which an empty one is false") {
    CHECK(as(ValueKind::boolean, "true") == 1);
    CHECK(as(ValueKind::boolean, "\"true\"") == 1);
    CHECK(as(ValueKind::boolean, "\"\"") == 0);
    CHECK(as(ValueKind::boolean, "\"yes\"") == std::nullopt);
    CHECK(as(ValueKind::boolean, "1") == std::nullopt);
}

TEST_CASE("a keyword is the text of any scalar") {
    CHECK(Scalar("\"é\"").value().text() == "é");
    CHECK(Scalar("10").value().text() == "10");
    CHECK(Scalar("true").value().text() == "true");
}

TEST_CASE("values of two fields compare by what they look like") {
    CHECK(compare("2", "10") < 0);
    CHECK(compare("\"2\"", "\"10\"") > 0);
    CHECK(compare("9007199254740993", "9007199254740992.0") > 0);
    CHECK(compare("\"2025-10-10T02:00:00+02:00\"", "\"2025-10-10\"") == 0);
    CHECK(compare("\"2025-10-10\"", "1760054400000") == 0);
    CHECK(compare("false", "true") < 0);
    CHECK(compare("\"z\"", "\"é\"") < 0);
    CHECK(compare("\"2025\"", "\"10\"") > 0); // text of four digits is no date
    CHECK(compare("true", "1") == std::partial_ordering::unordered);
    CHECK(compare("\"open\"", "1") == std::partial_ordering::unordered);
}

TEST_CASE("the values of a document are forgotten with the next one") {
    auto paths = std::make_shared<FieldTrie>();
    const auto dates = paths->add("dates");
    const auto place = paths->add("place.name");
    DocumentValues values(paths);
    simdjson::dom::parser parser;
    values.read(parser.parse(std::string_view(R"({"dates":["a",null,["b"]],"place":[{"name":"c"},{"x":1}]})")));
    CHECK(values.at(dates).size() == 2);
    REQUIRE(values.at(place).size() == 1);
    CHECK(values.at(place).front().text() == "c");
    values.read(parser.parse(std::string_view(R"({"dates":[],"_source":{"dates":"d"}})")));
    REQUIRE(values.at(dates).size() == 1);
    CHECK(values.at(dates).front().text() == "d");
    CHECK(values.at(place).empty());
}
