#include <elasticsearch/rules/ask_engine.hpp>

#include <elasticsearch/api/answer.hpp>
#include <elasticsearch/api/field_caps.hpp>
#include <elasticsearch/api/index_path.hpp>
#include <elasticsearch/api/multi_search.hpp>

#include <boost/json.hpp>

#include <utility>
#include <vector>

namespace health::elasticsearch {

namespace json = boost::json;

Result<MappedFields> map_fields(const Send& send, const std::string& action, const std::string& index,
                                std::span<const std::string> fields, const Deadline& deadline) {
    const auto path = index_path(index);
    if (!path)
        return path.error();
    std::vector<json::object> answers;
    for (std::string& target : field_types_targets(*path, fields)) {
        const auto answer =
            send({.method = "GET", .target = std::move(target), .headers = {}, .body = {}}, deadline, nullptr);
        if (!answer)
            return with_context(action, answer.error());
        auto body = complete_caps(action, *answer);
        if (!body)
            return body.error();
        answers.push_back(*std::move(body));
    }
    MappedFields out;
    for (const std::string& field : fields)
        for (const json::object& caps : answers)
            if (MappedField& known = out[field]; known.kind == MappedField::Kind::nowhere)
                known = mapped_field(caps, field);
    return out;
}

Result<void> try_rule(const Send& send, const std::string& action, const std::string& index, const json::value& broken,
                      const Deadline& deadline) {
    json::object body{{"size", 0}, {"track_total_hits", false}};
    body["aggs"] = {{"broken", {{"filter", broken}}}};
    const auto answer =
        send(search_request(std::vector{SearchBody{.index = index, .body = std::move(body)}}), deadline, nullptr);
    if (!answer)
        return with_context(action, answer.error());
    const auto searched = complete_search(action, answers_in(*answer, 1).front());
    return searched ? Result<void>() : searched.error();
}

} // namespace health::elasticsearch
