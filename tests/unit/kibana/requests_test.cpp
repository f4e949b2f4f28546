#include <kibana/requests.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <vector>

using namespace health;
using namespace health::kibana;
namespace json = boost::json;

namespace {

std::string header(const http::Request& request, std::string_view name) {
    const auto found = std::ranges::find(request.headers, name, &http::Header::name);
    return found == request.headers.end() ? "" : found->value;
}

/// The contents of a form's fields, as a server takes them apart (RFC 7578, RFC 2046).
std::map<std::string, std::string> fields(const http::Request& request) {
    const std::string type = header(request, "Content-Type");
    constexpr std::string_view start = "multipart/form-data; boundary=";
    REQUIRE(type.starts_with(start));
    const std::string delimiter = "--" + type.substr(start.size());
    std::map<std::string, std::string> out;
    std::string_view rest = request.body;
    REQUIRE(rest.starts_with(delimiter));
    rest.remove_prefix(delimiter.size());
    while (rest.starts_with("\r\n")) {
        rest.remove_prefix(2);
        const auto blank = rest.find("\r\n\r\n");
        const auto end = rest.find("\r\n" + delimiter);
        REQUIRE(blank < end);
        REQUIRE(end != std::string_view::npos);
        const std::string_view head = rest.substr(0, blank);
        const auto name = head.find(" name=\"") + 7;
        out[std::string(head.substr(name, head.find('"', name) - name))] = rest.substr(blank + 4, end - blank - 4);
        rest.remove_prefix(end + 2 + delimiter.size());
    }
    CHECK(rest == "--\r\n");
    return out;
}

ImportOutcome outcome(std::string type, std::string id, std::string destination = {}, bool new_copy = false) {
    return {.object = {.type = std::move(type), .id = std::move(id), .title = "T"},
            .destination_id = std::move(destination),
            .new_copy = new_copy};
}

json::array retries(const http::Request& request) {
    return json::parse(fields(request).at("retries")).as_array();
}

} // namespace

TEST_CASE("a file is imported as it is") {
    const std::string file = "{\"type\":\"dashboard\"}\r\n--\n\n{\"a\":\"\u00e9\"}\n";
    const http::Request request = import_request("", file, ImportMode::keep);
    CHECK(request.method == "POST");
    CHECK(request.target == "/api/saved_objects/_import");
    CHECK(header(request, "kbn-xsrf") == "true");
    CHECK(fields(request) == std::map<std::string, std::string>{{"file", file}});
    CHECK(request.body.find("filename=\"dashboard.ndjson\"") != std::string::npos); // Kibana looks at its ending
}

TEST_CASE("what happens to objects that exist is asked for in the target") {
    const auto target = [](ImportMode mode) { return import_request("/s/ops", "{}", mode).target; };
    CHECK(target(ImportMode::keep) == "/s/ops/api/saved_objects/_import");
    CHECK(target(ImportMode::complete) == "/s/ops/api/saved_objects/_import");
    CHECK(target(ImportMode::overwrite) == "/s/ops/api/saved_objects/_import?overwrite=true");
    CHECK(target(ImportMode::new_copies) == "/s/ops/api/saved_objects/_import?createNewCopies=true");
}

TEST_CASE("a file cannot contain the boundary of an earlier request") {
    const http::Request first = import_request("", "{}", ImportMode::keep);
    const http::Request second = import_request("", first.body, ImportMode::keep);
    CHECK(fields(second).at("file") == first.body);
}

TEST_CASE("the second step lists each object, with what is to happen to it") {
    const std::vector<ImportOutcome> create{outcome("lens", "panel"), outcome("tag", "t", "t2", true)};
    const std::vector<ImportOutcome> overwrite{outcome("dashboard", "overview", "d2")};
    const http::Request request = resolve_request("/s/ops", "{\"file\":1}\n", create, overwrite, {});
    CHECK(request.target == "/s/ops/api/saved_objects/_resolve_import_errors");
    CHECK(fields(request).at("file") == "{\"file\":1}\n");
    CHECK(retries(request) == json::parse(R"([
        {"type":"lens","id":"panel","overwrite":false},
        {"type":"tag","id":"t","overwrite":false,"destinationId":"t2","createNewCopy":true},
        {"type":"dashboard","id":"overview","overwrite":true,"destinationId":"d2"}])"));
}

TEST_CASE("references lead to kept objects under the ids that they have in the space") {
    const std::vector<ImportOutcome> create{outcome("lens", "panel")};
    const std::vector<ImportOutcome> kept{outcome("index-pattern", "view", "v2"), outcome("tag", "same-id")};
    const json::array list = retries(resolve_request("", "{}", create, {}, kept));
    REQUIRE(list.size() == 1);
    CHECK(list[0].at("replaceReferences") == json::parse(R"([{"type":"index-pattern","from":"view","to":"v2"}])"));

    const std::vector<ImportOutcome> under_their_ids{outcome("tag", "same-id")};
    CHECK_FALSE(
        retries(resolve_request("", "{}", create, {}, under_their_ids))[0].as_object().contains("replaceReferences"));
}

TEST_CASE("ids and types are encoded in a target") {
    CHECK(object_target("", "dashboard", "overview") == "/api/saved_objects/dashboard/overview");
    CHECK(object_target("/s/ops", "index-pattern", "a/b c?d#\u00e9") ==
          "/s/ops/api/saved_objects/index-pattern/a%2Fb%20c%3Fd%23%C3%A9");
    const std::string find = find_target("/s/ops", {"dashboard", "a&b"}, 3);
    CHECK(find.starts_with("/s/ops/api/saved_objects/_find?"));
    CHECK(find.find("&page=3&") != std::string::npos);
    CHECK(find.ends_with("&type=a%26b&type=dashboard"));
}
