#include "kibana/answers.hpp"

#include <kibana/answer.hpp>
#include <kibana/remedy.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace health;
using namespace health::kibana;
using test::answer;

namespace {

Finding of_version(const std::string& number) {
    return check_status(answer(200, R"({"version":{"number":")" + number + R"("},"status":{"overall":{}}})"));
}

} // namespace

TEST_CASE("a Kibana that can show the dashboard is found to be so") {
    for (const char* number : {"8.9.0", "8.12.2", "8.19.0-SNAPSHOT", "9.0.0", "10.1.0"}) {
        CAPTURE(number);
        const Finding found = of_version(number);
        CHECK(found.check == "kibana");
        CHECK(found.severity == Severity::ok);
        CHECK(found.message == std::string("http://kibana:5601 is Kibana ") + number);
    }
}

TEST_CASE("one that is too old, or of an unknown age, is a problem") {
    for (const char* number : {"8.8.2", "7.17.29", "0.1", "eight"}) {
        CAPTURE(number);
        const Finding found = of_version(number);
        CHECK(found.severity == Severity::problem);
        CHECK(found.hint.sentence() == "the dashboard needs 8.9 or later");
    }
}

TEST_CASE("another server in its place is a problem") {
    for (const auto& other : {answer(200, "<html>nginx</html>"), answer(404, "not found"), answer(200, "{}"),
                              test::answer_of_elasticsearch(), test::cut_off(R"({"version":{"number":"8.12.2"}})")}) {
        CAPTURE(other.response.body);
        const Finding found = check_status(other);
        CHECK(found.severity == Severity::problem);
        CHECK(found.message == "the server at http://kibana:5601 is not Kibana");
    }
    CHECK(check_status(test::answer_of_elasticsearch()).hint.sentence().starts_with("this is Elasticsearch"));
}

TEST_CASE("one that starts is a warning, whatever else it says") {
    for (const char* body : {"Kibana server is not ready yet", R"({"version":{"number":"8.12.2"}})"}) {
        const Finding found = check_status(answer(503, body));
        CHECK(found.severity == Severity::warning);
        CHECK(found.message == "http://kibana:5601 is starting, or unhealthy");
    }
}

TEST_CASE("a version that is hidden has not been checked") {
    const Finding anonymous = check_status(answer(200, R"({"status":{"overall":{"level":"available"}}})"));
    const Finding refused = check_status(answer(401, R"({"statusCode":401,"message":"Unauthorized"})"));
    for (const Finding& found : {anonymous, refused}) {
        CHECK(found.severity == Severity::warning);
        CHECK(found.message.find("not checked") != std::string::npos);
        CHECK(found.message.find("only to users who are logged in") != std::string::npos);
        CHECK(found.hint == Hint(Remedy::kibana_credentials, "KIBANA_API_KEY"));
    }
}

TEST_CASE("the space is named beside the version") {
    const auto checked = [](const remote::Answer& space) { return check_space(of_version("8.12.2"), space, "ops"); };
    const Finding there = checked(answer(200, R"({"id":"ops"})"));
    CHECK(there.severity == Severity::ok);
    CHECK(there.message == "http://kibana:5601 is Kibana 8.12.2, with the space ops");

    const Finding missing = checked(answer(404, R"({"statusCode":404})"));
    CHECK(missing.severity == Severity::problem);
    CHECK(missing.message == "http://kibana:5601 is Kibana 8.12.2, without a space \"ops\"");
    CHECK(missing.hint == Hint(Remedy::create_space));

    for (const auto& unclear : {answer(403, ""), answer(404, "<html>"), answer(200, R"({"id":"other"})")}) {
        const Finding found = checked(unclear);
        CHECK(found.severity == Severity::warning);
        CHECK(found.message.find("not checked") != std::string::npos);
        CHECK(found.hint == Hint(Remedy::check_space_and_credentials));
    }
}
