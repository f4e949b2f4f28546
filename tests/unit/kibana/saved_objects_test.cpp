#include <kibana/kibana.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace health;

namespace {

const std::string panel =
    R"({"type":"lens","id":"panel","attributes":{"title":"Missing"},"references":[{"name":"v","type":"index-pattern","id":"view"}]})";
const std::string view = R"({"type":"index-pattern","id":"view","attributes":{"title":"health_v1"},"references":[]})";
const std::string dashboard =
    R"({"type":"dashboard","id":"overview","attributes":{"title":"Backfill health"},"references":[{"name":"p","type":"lens","id":"panel"}]})";
const std::string summary = R"({"exportedCount":3,"missingRefCount":0,"missingReferences":[]})";

std::string error(const std::string& ndjson) {
    const auto parsed = parse_saved_objects(ndjson, "file.ndjson");
    if (parsed)
        return "";
    CHECK(parsed.error().kind == ErrorKind::usage);
    CHECK(parsed.error().hint != Hint());
    return parsed.error().message;
}

} // namespace

TEST_CASE("an export of Kibana, with its summary") {
    const std::string file = dashboard + "\n" + panel + "\n" + view + "\n" + summary + "\n";
    const auto parsed = parse_saved_objects(file, "file.ndjson");
    REQUIRE(parsed.has_value());
    CHECK(parsed->ndjson == file);
    REQUIRE(parsed->objects.size() == 3);
    CHECK(parsed->objects[1] == SavedObject{.type = "lens", .id = "panel", .title = "Missing"});
    REQUIRE(parsed->dashboards().size() == 1);
    CHECK(parsed->dashboards()[0] == SavedObject{.type = "dashboard", .id = "overview", .title = "Backfill health"});
}

TEST_CASE("blank lines, line ends of Windows and a lacking last newline do no harm") {
    const auto parsed = parse_saved_objects("\r\n" + panel + "\r\n  \r\n" + view, "file.ndjson");
    REQUIRE(parsed.has_value());
    CHECK(parsed->objects.size() == 2);
    CHECK(parsed->dashboards().empty());
}

TEST_CASE("a line that is not a saved object is named, and so is what it lacks") {
    CHECK(error(view + "\n\nnonsense\n") == "file.ndjson:3 is not a saved object: it is not a JSON object");
    CHECK(error("[]") == "file.ndjson:1 is not a saved object: it is not a JSON object");
    CHECK(error(view + view) == "file.ndjson:1 is not a saved object: it is not a JSON object");
    CHECK(error(R"({"id":"a","attributes":{},"references":[]})").ends_with(R"(it has no "type")"));
    CHECK(error(R"({"type":7,"id":"a","attributes":{},"references":[]})").ends_with(R"(it has no "type")"));
    CHECK(error(R"({"type":"lens","attributes":{},"references":[]})").ends_with(R"(it has no "id")"));
    CHECK(error(R"({"type":"lens","id":"a","references":[]})").ends_with(R"(it has no "attributes")"));
    CHECK(error(R"({"type":"lens","id":"a","attributes":[],"references":[]})").ends_with(R"(it has no "attributes")"));
    CHECK(error(R"({"type":"lens","id":"a","attributes":{}})").ends_with(R"(it has no "references")"));
    for (const char* reference : {"7", R"({"type":"lens","id":"b"})", R"({"name":"n","id":"b"})",
                                  R"({"name":"n","type":"lens"})", R"({"name":"n","type":"lens","id":null})"}) {
        CAPTURE(reference);
        CHECK(error(R"({"type":"lens","id":"a","attributes":{},"references":[)" + std::string(reference) + "]}")
                  .ends_with(R"(one of its references lacks "name", "type" or "id")"));
    }
}

TEST_CASE("every reference leads to an object of the file") {
    CHECK(error(view + "\n" + dashboard + "\n") == "file.ndjson:2 refers to lens \"panel\", which is not in the file");
    // A type and an id together make an object.
    CHECK(error(R"({"type":"search","id":"panel","attributes":{},"references":[]})" + ("\n" + dashboard)) ==
          "file.ndjson:2 refers to lens \"panel\", which is not in the file");
    CHECK(error(dashboard + "\n" + panel + "\n" + view).empty()); // in any order
}

TEST_CASE("a file without objects, and one that is larger than Kibana takes") {
    CHECK(error("") == "file.ndjson contains no saved objects");
    CHECK(error("\n" + summary + "\n") == "file.ndjson contains no saved objects");
    CHECK(error(std::string(largest_import + 1, ' ')) ==
          "file.ndjson has 26214401 bytes, but Kibana accepts at most 26214400");
    CHECK(error(view + std::string(largest_import - view.size(), ' ')).empty());
}

TEST_CASE("a deeply nested state is read, and one that is nested without end is refused") {
    const auto nested = [](std::size_t depth) {
        return R"({"type":"lens","id":"a","references":[],"attributes":{"state":)" + std::string(depth, '[') +
               std::string(depth, ']') + "}}";
    };
    CHECK(error(nested(80)).empty());
    CHECK(error(nested(100000)).ends_with("it is not a JSON object"));
}
