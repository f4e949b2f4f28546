#include <elasticsearch/api/parts.hpp>

#include <simdjson.h>

#include <algorithm>

namespace health::elasticsearch {

namespace {

namespace ondemand = simdjson::ondemand;

AnswerPart to_part(ondemand::object object) {
    AnswerPart out;
    std::uint64_t status = 0;
    if (object["status"].get_uint64().get(status) == simdjson::SUCCESS)
        out.status = status;
    std::string_view text;
    if (object.raw_json().get(text) == simdjson::SUCCESS)
        out.text = text;
    return out;
}

} // namespace

std::optional<std::vector<AnswerPart>> parts_of(const http::Response& response, std::string_view key,
                                                std::string_view member) {
    if (response.status != 200)
        return std::nullopt;
    const simdjson::padded_string body(response.body);
    ondemand::parser parser;
    ondemand::document document;
    ondemand::array array;
    if (parser.iterate(body).get(document) != simdjson::SUCCESS ||
        document[key].get_array().get(array) != simdjson::SUCCESS)
        return std::nullopt;
    std::vector<AnswerPart> out;
    for (auto element : array) {
        ondemand::object object;
        const bool fits = element.get_object().get(object) == simdjson::SUCCESS &&
                          (member.empty() || object[member].get_object().get(object) == simdjson::SUCCESS);
        out.push_back(fits ? to_part(object) : AnswerPart());
    }
    return out;
}

remote::Answer as_answer(const AnswerPart& part, const remote::Answer& whole) {
    constexpr std::uint64_t no_status = 999;
    return {.response = {.status = static_cast<int>(std::min(part.status, no_status)),
                         .headers = whole.response.headers,
                         .body = part.text,
                         .body_problem = {}},
            .from = whole.from,
            .certificate_expires = whole.certificate_expires,
            .credentials_source = whole.credentials_source};
}

} // namespace health::elasticsearch
