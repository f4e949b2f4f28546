#include <elasticsearch/api/parts.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace health;
using namespace health::elasticsearch;

namespace {

std::optional<std::vector<AnswerPart>> parts(std::string body, std::string_view member = {}, int status = 200) {
    return parts_of({.status = status, .headers = {}, .body = std::move(body), .body_problem = {}}, "items", member);
}

/// Of an answer that has some.
std::vector<AnswerPart> parts_in(const std::string& body, std::string_view member = {}) {
    auto out = parts(body, member);
    REQUIRE_MESSAGE(out.has_value(), body);
    return *std::move(out);
}

std::uint64_t status(const std::string& written) {
    return parts_in(R"({"items":[{"status":)" + written + "}]}").at(0).status;
}

} // namespace

TEST_CASE("each part has its own status, and its text as it was written") {
    const auto out =
        parts_in(R"({"took":3,"errors":true,"items":[ {"status":200, "n":1.50},{"x":[{"status":9}]},{}]})");
    REQUIRE(out.size() == 3);
    CHECK(out[0].status == 200);
    CHECK(out[0].text == R"({"status":200, "n":1.50})");
    CHECK(out[1].status == 0);
    CHECK(out[1].text == R"({"x":[{"status":9}]})");
    CHECK(out[2].text == "{}");
    CHECK(parts_in(R"({"items":[]})").empty());
}

TEST_CASE("a member of each part, which is nothing where it is none") {
    const auto out = parts_in(
        R"({"items":[{"create":{"_id":"1","status":201}},{"index":{"status":201}},{"create":201},{},7,null,[]]})",
        "create");
    REQUIRE(out.size() == 7);
    CHECK(out[0].status == 201);
    CHECK(out[0].text == R"({"_id":"1","status":201})");
    CHECK(std::all_of(out.begin() + 1, out.end(),
                      [](const AnswerPart& part) { return part.status == 0 && part.text.empty(); }));
}

TEST_CASE("a status is a whole number, or none") {
    CHECK(status("404") == 404);
    CHECK(status("18446744073709551615") == 18446744073709551615U);
    for (const std::string written : {"-1", "\"200\"", "200.0", "2e2", "null", "true", "{}", "18446744073709551616"}) {
        CAPTURE(written);
        CHECK(status(written) == 0);
    }
}

TEST_CASE("an answer without such an array has no parts") {
    for (const std::string body :
         {"", " ", "<html>", "null", "[]", "\"items\"", "{}", R"({"items":{}})", R"({"items":null})",
          R"({"items":"[]"})", R"({"x":{"items":[]}})", R"({"Items":[]})"}) {
        CAPTURE(body);
        CHECK_FALSE(parts(body).has_value());
    }
    for (const int status : {0, 201, 207, 404, 429, 500})
        CHECK_FALSE(parts(R"({"items":[{"status":200}]})", {}, status).has_value());
}

TEST_CASE("of an answer that was cut no part has a text that was not whole") {
    const std::string first = R"({"a":[1,2],"status":200})";
    const std::string second = R"({"b":"]}","status":503})";
    const std::string whole = R"({"items":[)" + first + "," + second + "]}";
    for (std::size_t size = 0; size < whole.size(); ++size) {
        CAPTURE(whole.substr(0, size));
        const auto out = parts(whole.substr(0, size));
        if (!out)
            continue;
        CHECK(out->size() <= 3);
        for (const AnswerPart& part : *out)
            CHECK((part.text.empty() || part.text == first || part.text == second));
    }
}

TEST_CASE("a part is read like a whole answer of the same node") {
    const remote::Answer whole{
        .response = {.status = 200, .headers = {{"X-Elastic-Product", "y"}}, .body = "{}", .body_problem = {}},
        .from = "http://es:9200",
        .credentials_source = "ES_API_KEY"};
    const auto answer = as_answer({.status = 404, .text = R"({"error":"x"})"}, whole);
    CHECK(answer.response.status == 404);
    CHECK(answer.response.body == R"({"error":"x"})");
    CHECK(answer.response.header("x-elastic-product") == "y");
    CHECK(answer.from == "http://es:9200");
    CHECK(answer.credentials_source == "ES_API_KEY");
    // A number that no int holds must not come out as 200.
    for (const std::uint64_t status : {std::uint64_t{0}, (std::uint64_t{1} << 32U) + 200, ~std::uint64_t{0}})
        CHECK(as_answer({.status = status, .text = {}}, whole).response.status / 100 != 2);
}
