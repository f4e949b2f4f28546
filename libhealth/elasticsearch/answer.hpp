#pragma once

#include <remote/service.hpp>

#include <boost/json/object.hpp>

#include <string_view>

namespace health::elasticsearch {

/// The engine's error type and reason in one text; what the body says when it is no engine's error; or the status
/// alone.
std::string describe_refusal(const http::Response& response);

/// The type of the error an engine answered with; empty when there is none.
std::string error_type(const http::Response& response);

/// What an answer with a status other than 2xx means. `action` begins the message: "cannot measure x".
Error refusal(const std::string& action, const remote::Answer& answer);

/// A 2xx whose body is a JSON object, or the error that it is.
Result<boost::json::object> json_answer(const std::string& action, const remote::Answer& answer);

/// The answer to a search of which no shard, no cluster and no time is missing, or the error that it is.
Result<boost::json::object> complete_search(const std::string& action, const remote::Answer& answer);

/// An answer that cannot come from what was asked for.
Error bad_response(const std::string& action, const remote::Answer& answer, std::string_view why);

/// An answer of which the engine itself says that something is missing.
Error partial(const std::string& action, const remote::Answer& answer, std::string_view why);

/// An answer to a refresh: no shard may have failed.
Result<void> check_refreshed(const std::string& action, const remote::Answer& answer);

} // namespace health::elasticsearch
