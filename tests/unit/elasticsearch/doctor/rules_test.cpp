#include "findings.hpp"

#include <base/time.hpp>
#include <elasticsearch/doctor/checks.hpp>
#include <elasticsearch/rules/mapped_field.hpp>
#include <model/rules/parser.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <doctest/doctest.h>

using namespace health;
using namespace health::elasticsearch;
using test::says;
namespace json = boost::json;

namespace {

/// As the engines answer for a mapping with an object, a nested one and a flattened field.
const json::object caps = json::parse(R"({"fields": {
    "_id": {"_id": {"type": "_id"}},
    "created": {"date": {"type": "date"}},
    "dates": {"date": {"type": "date"}},
    "note": {"text": {"type": "text"}},
    "note.keyword": {"keyword": {"type": "keyword"}},
    "lines": {"nested": {"type": "nested"}},
    "lines.on": {"date": {"type": "date"}},
    "labels": {"flat_object": {"type": "flat_object"}},
    "labels.colour": {"keyword": {"type": "keyword"}},
    "customer": {"object": {"type": "object"}},
    "customer.since": {"date": {"type": "date"}, "keyword": {"type": "keyword"}}}})")
                              .get_object();

Backfill bills() {
    return {.name = "bills",
            .index = "emails",
            .population = {},
            .field = "dates",
            .derived = {"expires_at"},
            .field_label = "dates"};
}

Finding check(std::string_view text) {
    const Rule rule = *parse_rule(text);
    MappedFields fields;
    for (const std::string& name : fields_of(rule))
        fields[name] = mapped_field(caps, name);
    return check_rule(rule, fields, bills(), comparable_fields(caps), *parse_iso_date("2025-10-10"));
}

Finding refused(std::string message, ErrorKind kind = ErrorKind::rejected) {
    return refused_rule(*parse_rule("dates >= created"), {kind, std::move(message), {}});
}

} // namespace

TEST_CASE("rules are compared with what the mapping has") {
    says(check("dates >= created"), Severity::ok, "\"dates >= created\": can be judged");
    says(check("dates < now"), Severity::ok, "can be judged");
    says(check("dates == \"x\""), Severity::problem, "dates is of type date, but is compared with text");
    says(check("dates == note"), Severity::problem, "note is text");
    says(check("dates <= lines.on"), Severity::problem, "lines.on is in lines, which is nested");
    says(check("dates <= lines"), Severity::problem, "lines is nested");
    says(check("dates == labels.colour"), Severity::problem, "labels.colour is in labels, which is flat_object");
    says(check("dates <= customer.since"), Severity::problem, "customer.since is date and keyword");
}

TEST_CASE("a rule with a name that is misspelt comes with the nearest field") {
    const Finding found = check("dates >= creatd");
    CHECK(found.message == "\"dates >= creatd\": creatd is not mapped in emails");
    says(found, Severity::problem, "did you mean created?");
    says(check("dates >= paid_at"), Severity::problem, "no field has a similar name");
    // A field with which nothing can be compared is no help.
    says(check("dates == notes"), Severity::problem, "no field has a similar name");
    says(check("dates == note.keywrd"), Severity::problem, "did you mean note.keyword?");
    says(check("dates == line.on"), Severity::problem, "no field has a similar name");
}

TEST_CASE("fields that the backfill brings may be absent before its first run") {
    const Finding found = check("expires_at >= created");
    says(found, Severity::warning, "expires_at is not mapped in emails yet");
    CHECK(found.hint == Hint(Remedy::wait_for_first_run, "derived"));
    says(check("expires_at >= creatd"), Severity::problem, "did you mean created?");
}

TEST_CASE("why an engine refuses a rule") {
    says(refused("cannot measure emails: too many clauses"), Severity::problem,
         "created\": cannot measure emails: too");
    says(refused("the answer is not a JSON object", ErrorKind::bad_response), Severity::warning, "not checked");
    says(refused("no answer in time", ErrorKind::timeout), Severity::warning, "no answer in time");
}
