#include <ndjson/field_names.hpp>

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <string>
#include <vector>

using namespace health::ndjson;

namespace {

using Names = std::vector<std::string>;

FieldNamesTally tally(const std::vector<std::string>& lines) {
    FieldNamesTally out;
    simdjson::dom::parser parser;
    for (const std::string& line : lines)
        out.add(parser.parse(line).get_object().value());
    return out;
}

} // namespace

TEST_CASE("the fields of documents have a value, and are named by their paths") {
    CHECK(tally({R"({"b":1,"a":{"c":"x","d.e":[null,2]}})",
                 R"({"none":null,"empty":[],"object":{},"list":[{"f":true}]})"})
              .finish() == Names{"a.c", "a.d.e", "b", "list.f"});
    CHECK(tally({R"({"_id":"1","_source":{"a":1}})"}).finish() == Names{"a"});
}

TEST_CASE("the fields of several threads are those of all documents") {
    auto sum = tally({R"({"a":1})"});
    sum += tally({R"({"b":1,"a":2})"});
    CHECK(sum.finish() == Names{"a", "b"});
}

TEST_CASE("a file with a name in each document does not fill the memory") {
    std::vector<std::string> lines;
    for (std::size_t i = 0; i <= max_field_names; ++i)
        lines.push_back(fmt::format(R"({{"field{}":1}})", i));
    CHECK(tally(lines).finish().size() == max_field_names);
}
