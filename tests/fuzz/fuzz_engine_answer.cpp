// What an engine, or whoever stands in its place, answers. The first byte chooses the status.
#include "properties.hpp"
#include "support.hpp"

#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/mapping.hpp>
#include <elasticsearch/breakdown.hpp>
#include <elasticsearch/measurement.hpp>
#include <elasticsearch/profile.hpp>
#include <elasticsearch/sampling.hpp>
#include <ndjson/line_parser.hpp>

#include <boost/json.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

using namespace health;
namespace dom = simdjson::dom;
namespace json = boost::json;

namespace {

constexpr std::array statuses{200, 200, 200, 201, 302, 400, 401, 403, 404, 409, 413, 429, 500, 503};

std::size_t members(const json::value& value) {
    std::size_t count = 0;
    if (const auto* object = value.if_object())
        for (const auto& member : *object)
            count += 1 + members(member.value());
    if (const auto* array = value.if_array())
        for (const auto& element : *array)
            count += members(element);
    return count;
}

/// Of those that have a key twice, too.
std::size_t members(const dom::element& value) {
    std::size_t count = 0;
    if (value.is_object())
        for (const auto [key, element] : dom::object(value))
            count += 1 + members(element);
    if (value.is_array())
        for (const dom::element element : dom::array(value))
            count += members(element);
    return count;
}

void has_every_key_once(std::string body) {
    const std::size_t count = members(json::parse(body));
    const std::size_t size = body.size();
    body.resize(size + simdjson::SIMDJSON_PADDING);
    ndjson::LineParser parser;
    dom::element answer;
    test::must(parser.parse(std::string_view(body).substr(0, size)).get(answer) == simdjson::SUCCESS);
    test::must(members(answer) == count);
}

void is_true(const Snapshot& snapshot, const json::value& answer) {
    const auto is = [&](const char* pointer, const json::value& wanted) {
        boost::system::error_code absent;
        const auto* value = answer.find_pointer(pointer, absent);
        return value != nullptr && *value == wanted;
    };
    test::must(is("/timed_out", false) && is("/hits/total/relation", "eq") && is("/_shards/failed", 0));
    test::must(answer.at_pointer("/_shards/total") == answer.at_pointer("/_shards/successful"));
    test::must(!is("/_shards/total", 0));
    test::must(is("/hits/total/value", snapshot.missing + snapshot.present) &&
               snapshot.derived.at(0) <= snapshot.present);
    test::must(is("/aggregations/missing/doc_count", snapshot.missing));
    test::must(is("/aggregations/present/doc_count", snapshot.present));
    test::must(is("/aggregations/derived/doc_count", snapshot.derived.at(0)));
}

void is_measured_or_told(const remote::Answer& answer) {
    const Backfill bills = test::bills();
    const auto snapshot = elasticsearch::to_snapshots({&bills}, answer, test::at("2025-10-10T14:22:31Z")).front();
    if (snapshot) {
        test::must(answer.response.status / 100 == 2);
        is_true(*snapshot, json::parse(answer.response.body));
        has_every_key_once(answer.response.body);
        return;
    }
    test::must(snapshot.error().kind != ErrorKind::usage && snapshot.error().kind != ErrorKind::unreachable);
    test::must_be_tellable(snapshot.error());
    if (const auto refreshed = elasticsearch::check_refreshed("cannot x", answer); !refreshed)
        test::must_be_tellable(refreshed.error());
}

void is_compared(const json::object& mapping) {
    const Backfill invoices = test::invoices();
    const auto wanted = health_mapping({&invoices, 1});
    const auto difference = elasticsearch::compare_mapping(wanted, mapping);
    test::must(difference.lacking.size() <= wanted.size());
    for (const FieldMapping& field : difference.lacking)
        test::must(!difference.conflict.starts_with("field " + field.field + " "));
    test::must_be_tellable({ErrorKind::rejected, "has another mapping: " + difference.conflict, "delete it"});
    // What it lacks is all that it lacks.
    const auto rest = elasticsearch::compare_mapping(difference.lacking, elasticsearch::to_json(difference.lacking));
    test::must(rest.lacking.empty() && rest.conflict.empty());
}

void is_grouped_or_told(const remote::Answer& answer) {
    for (const auto interval : {std::optional<Interval>(), std::optional(Interval::quarter)}) {
        const auto groups = elasticsearch::to_groups("cannot x", {.field = "f", .interval = interval}, answer);
        if (!groups)
            continue;
        for (const Group& group : *groups)
            test::must(group.missing <= group.documents);
    }
    if (const auto samples = elasticsearch::to_samples("cannot x", {"f"}, answer))
        test::must(samples->size() <= answer.response.body.size());
}

void is_profiled_or_told(const remote::Answer& answer) {
    using elasticsearch::ProfiledField;
    const auto told = [](const auto& result) {
        if (!result)
            test::must_be_tellable(result.error());
        return result.has_value();
    };
    if (const auto fields = elasticsearch::to_profiled_fields("cannot x", test::bills(), answer); told(fields))
        for (const ProfiledField& field : *fields)
            test::must(field.type.has_value() == field.unknown.empty());
    for (const auto& [type, engine_type] : {std::pair(ValueType::date, "date"), std::pair(ValueType::number, "long"),
                                            std::pair(ValueType::number, "float"), std::pair(ValueType::keyword, "")}) {
        const ProfiledField field{.name = "f", .type = type, .engine_type = engine_type};
        const auto found = elasticsearch::to_profile("cannot x", {field}, answer);
        if (!told(found))
            continue;
        const FieldProfile& profile = found->profile.at(0);
        test::must(profile.documents.has_value() && profile.min.has_value() == (*profile.documents > 0));
        test::must(!profile.most_common || profile.most_common->documents <= *profile.documents);
    }
}

void is_sampled_or_told(const remote::Answer& answer) {
    constexpr std::size_t limit = 3;
    const auto draw = elasticsearch::to_random_sample("cannot x", answer, limit);
    if (draw)
        test::must(draw->keys.size() == std::min<std::uint64_t>(limit, draw->candidates));
    else
        test::must_be_tellable(draw.error());
    const std::vector<DocumentKey> keys =
        draw ? draw->keys : std::vector<DocumentKey>{{.id = {.index = "orders", .id = "a"}, .place = {}}};
    const auto documents = elasticsearch::to_documents("cannot x", test::invoices(), answer, keys);
    if (!documents)
        return test::must_be_tellable(documents.error());
    test::must(documents->size() == keys.size());
    for (const auto& document : *documents)
        test::must(!document || (document->source.starts_with('{') && document->source.ends_with('}') &&
                                 document->source.find('\n') == std::string::npos));
}

} // namespace

void fuzz(std::string_view input) {
    if (input.empty())
        return;
    const remote::Answer answer{
        .response = {.status = statuses.at(static_cast<unsigned char>(input.front()) % statuses.size()),
                     .headers = {},
                     .body = std::string(input.substr(1)),
                     .body_problem = {}},
        .from = "http://es"};
    const std::string described = elasticsearch::describe_refusal(answer.response);
    test::must(described.starts_with("status ") && described.size() < 150);
    test::must_be_printable(described);
    is_measured_or_told(answer);
    is_grouped_or_told(answer);
    is_profiled_or_told(answer);
    is_sampled_or_told(answer);
    if (const auto body = elasticsearch::json_answer("cannot x", answer))
        is_compared(*body);
}
