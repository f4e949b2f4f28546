#include <elasticsearch/health_index.hpp>

#include <base/json.hpp>
#include <base/printable.hpp>
#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/health_index_fit.hpp>
#include <elasticsearch/api/index_path.hpp>
#include <elasticsearch/api/mapping.hpp>
#include <elasticsearch/bulk.hpp>
#include <model/names.hpp>
#include <store/remedy.hpp>

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

namespace health::elasticsearch {

namespace json = boost::json;

namespace {

http::Request json_request(std::string method, std::string target, const json::object& body) {
    return {.method = std::move(method),
            .target = std::move(target),
            .headers = {{"Content-Type", "application/json"}},
            .body = json::serialize(body)};
}

bool is_nested(const HealthDocument& document) {
    return document.content.contains(key::backfill);
}

bool already_exists(const http::Response& response) {
    if (response.status != 400)
        return false;
    const std::string type = error_type(response);
    const bool alias =
        type == "invalid_index_name_exception" && response.body.find("already exists as alias") != std::string::npos;
    return type == "resource_already_exists_exception" || alias;
}

/// What stands in front of an engine may answer 404 to what it does not let through.
bool is_absent(const remote::Answer& description) {
    return description.response.status == 404 && refusal({}, description).kind == ErrorKind::index_missing;
}

Error absent_index(const std::string& name, const remote::Answer& answer) {
    return {ErrorKind::index_missing,
            fmt::format("the health index {} does not exist at {}", printable(name, 80), answer.from),
            Remedy::create_health_index};
}

/// The engine names the limit, but neither what exceeds it nor the setting.
Error refusal_of_mapping(const std::string& action, const remote::Answer& answer,
                         std::span<const FieldMapping> mapping) {
    if (error_reason(answer.response).find("Limit of total fields") == std::string::npos || mapping.empty())
        return refusal(action, answer);
    const auto of_backfill = std::find_if(mapping.rbegin(), mapping.rend(), [](const FieldMapping& field) {
        return field.field.find('.') != std::string::npos; // other fields are common to all backfills
    });
    const FieldMapping& example = of_backfill == mapping.rend() ? mapping.back() : *of_backfill;
    return {ErrorKind::rejected,
            fmt::format("{} at {}: {} fields, such as {}, exceed its limit", action, answer.from, mapping.size(),
                        printable(example.field, 40)),
            "raise index.mapping.total_fields.limit, or store some backfills in another index"};
}

std::vector<std::string> names_of(std::span<const FieldMapping> fields) {
    std::vector<std::string> out;
    for (const FieldMapping& field : fields)
        out.push_back(field.field);
    return out;
}

std::string cannot_create(const std::string& name) {
    return fmt::format("cannot create {}", printable(name, 80));
}

std::string cannot_compare(const std::string& name) {
    return fmt::format("cannot compare the mapping of {}", printable(name, 80));
}

} // namespace

Result<HealthIndex> HealthIndex::make(Send send, const std::string& name) {
    auto path = index_path(name);
    if (!path)
        return path.error();
    return HealthIndex(std::move(send), name, *std::move(path));
}

std::vector<Result<void>> HealthIndex::append(std::span<const HealthDocument> documents, const Deadline& deadline) {
    const auto all = [&](const Error& error) { return std::vector<Result<void>>(documents.size(), error); };
    if (documents.empty())
        return {};
    // Every health index has the fields of the flat shape; those of the nested one may have to be added first.
    Result<Mappings> existing = Mappings();
    if (std::ranges::any_of(documents, is_nested))
        existing = mappings(deadline);
    else if (const auto exists = check_exists(deadline); !exists)
        existing = exists.error();
    if (!existing)
        return all(existing.error());
    std::vector<Result<void>> out;
    std::vector<HealthDocument> mapped;
    for (const HealthDocument& document : documents) {
        out.push_back(check_mapped(document, *existing));
        if (out.back())
            mapped.push_back(document);
    }
    if (mapped.empty())
        return out;
    const std::string action = fmt::format("cannot write to {}", printable(name_, 80));
    const auto answer = send_(bulk_request(path_, mapped), deadline, some_are_busy);
    const auto stored = answer ? to_stored(action, mapped, *answer)
                               : std::vector<Result<void>>(mapped.size(), with_context(action, answer.error()));
    auto next = stored.begin();
    for (Result<void>& result : out)
        if (result)
            result = *next++;
    for (Result<void>& result : out)
        if (!result && result.error().kind == ErrorKind::index_missing)
            result = with_hint(result.error(), Remedy::create_health_index);
    return out;
}

Result<void> HealthIndex::check_mapped(const HealthDocument& document, const Mappings& existing) const {
    const auto lacks = [&](const json::object& mapping) { return !unmapped_fields(document.content, mapping).empty(); };
    // Behind an alias, the indices that are not written to may be older.
    if (!is_nested(document) || existing.empty() || !std::ranges::all_of(existing, lacks))
        return {};
    return Error{ErrorKind::index_missing,
                 fmt::format("cannot write to {}: it lacks the field {}", printable(name_, 80),
                             printable(unmapped_fields(document.content, existing.front()).front(), 80)),
                 Remedy::create_health_index};
}

Result<HealthIndex::Mappings> HealthIndex::mappings(const Deadline& deadline) {
    const auto answer = send_(
        {.method = "GET", .target = fmt::format("/{}/_mapping", path_), .headers = {}, .body = {}}, deadline, nullptr);
    const std::string action = fmt::format("cannot write to {}", printable(name_, 80));
    if (!answer)
        return with_context(action, answer.error());
    if (is_absent(*answer))
        return absent_index(name_, *answer);
    if (answer->response.status == 403)
        return Mappings();
    const auto body = json_answer(action, *answer);
    if (!body)
        return body.error();
    Mappings out;
    for (const auto& [index, details] : *body)
        if (const json::object* mapping = find_object(details, {"mappings"}))
            out.push_back(*mapping);
    return out;
}

Result<void> HealthIndex::check_exists(const Deadline& deadline) {
    const auto answer = send_({.method = "HEAD", .target = "/" + path_, .headers = {}, .body = {}}, deadline, nullptr);
    const std::string action = fmt::format("cannot write to {}", printable(name_, 80));
    if (!answer)
        return with_context(action, answer.error());
    if (answer->response.status == 404)
        return absent_index(name_, *answer);
    const bool may_not_ask = answer->response.status == 403;
    if (answer->response.status / 100 != 2 && !may_not_ask)
        return refusal(action, *answer);
    return {};
}

Result<Installed> HealthIndex::install(std::span<const FieldMapping> mapping, const Deadline& deadline) {
    const std::string action = cannot_create(name_);
    if (auto possible = check_mapping(mapping); !possible)
        return with_context(action, possible.error());
    const auto answer =
        send_(json_request("PUT", "/" + path_, json::object{{"mappings", to_json(mapping)}}), deadline, nullptr);
    if (!answer)
        return with_context(action, answer.error());
    const bool may_not_create = answer->response.status == 403;
    if (already_exists(answer->response) || (may_not_create && check_exists(deadline))) {
        auto added = complete_mapping(mapping, deadline);
        if (!added)
            return added.error();
        return Installed{.created = false, .added = *std::move(added)};
    }
    if (answer->response.status / 100 != 2)
        return refusal_of_mapping(action, *answer, mapping);
    const auto body = json_answer(action, *answer);
    if (!body)
        return body.error();
    if (!body->contains("acknowledged"))
        return Error{
            ErrorKind::bad_response,
            fmt::format("{} at {}: the answer does not confirm that the index was created", action, answer->from),
            "is it Elasticsearch?"};
    return Installed{.created = true};
}

Result<Installed> HealthIndex::preview(std::span<const FieldMapping> mapping, const Deadline& deadline) {
    if (auto possible = check_mapping(mapping); !possible)
        return with_context(cannot_create(name_), possible.error());
    const auto description = describe(deadline);
    if (!description)
        return description.error();
    if (is_absent(*description))
        return Installed{.created = true};
    const auto lacking = lacking_fields(mapping, *description);
    return lacking ? Result<Installed>({.created = false, .added = names_of(*lacking)}) : lacking.error();
}

Result<remote::Answer> HealthIndex::describe(const Deadline& deadline) {
    auto answer =
        send_({.method = "GET", .target = fmt::format("/{}?flat_settings=true", path_), .headers = {}, .body = {}},
              deadline, nullptr);
    return answer ? std::move(answer) : with_context(cannot_compare(name_), answer.error());
}

Result<std::vector<FieldMapping>> HealthIndex::lacking_fields(std::span<const FieldMapping> wanted,
                                                              const remote::Answer& description) const {
    const std::string action = cannot_compare(name_);
    const auto body = json_answer(action, description);
    if (!body)
        return body.error();
    if (body->empty()) // a pattern that matches nothing
        return absent_index(name_, description);
    std::vector<FieldMapping> out;
    for (const auto& [name, index] : *body) {
        auto fit = fit_of_health_index(index, wanted);
        if (!fit.problem.empty())
            return Error{ErrorKind::rejected,
                         fmt::format("index {} at {} {}", printable(name, 80), description.from, fit.problem),
                         fit.hint};
        if (find_object(index, {"mappings"}) == nullptr)
            return Error{ErrorKind::bad_response,
                         fmt::format("{} at {}: the answer is not a mapping", action, description.from), ""};
        for (FieldMapping& field : fit.lacking) // an alias may stand for several indices that lack it
            if (std::ranges::find(out, field.field, &FieldMapping::field) == out.end())
                out.push_back(std::move(field));
    }
    return out;
}

Result<std::vector<std::string>> HealthIndex::complete_mapping(std::span<const FieldMapping> wanted,
                                                               const Deadline& deadline) {
    const auto description = describe(deadline);
    if (!description)
        return description.error();
    const auto lacking = lacking_fields(wanted, *description);
    if (!lacking)
        return lacking.error();
    if (!lacking->empty())
        if (const auto completed = add_fields(*lacking, deadline); !completed)
            return completed.error();
    return names_of(*lacking);
}

Result<void> HealthIndex::add_fields(std::span<const FieldMapping> lacking, const Deadline& deadline) {
    const std::string action = fmt::format("cannot complete the mapping of {}", printable(name_, 80));
    const auto answer =
        send_(json_request("PUT", fmt::format("/{}/_mapping", path_), to_json(lacking)), deadline, nullptr);
    if (!answer)
        return with_context(action, answer.error());
    if (answer->response.status / 100 != 2)
        return refusal_of_mapping(action, *answer, lacking);
    const auto body = json_answer(action, *answer);
    return body ? Result<void>() : body.error();
}

} // namespace health::elasticsearch
