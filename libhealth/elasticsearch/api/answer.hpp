#pragma once

#include <model/sampling.hpp>
#include <remote/service.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <string>
#include <string_view>

namespace health::elasticsearch {

/// The status with the engine's error type and reason, if the body has them.
std::string describe_refusal(const http::Response& response);

/// The engine's error type, and its reason with that of the cause; empty when there is none.
std::string error_type(const http::Response& response);
std::string error_reason(const http::Response& response);

/// What an answer with a status other than 2xx means. `action` begins the message: "cannot measure x".
Error refusal(const std::string& action, const remote::Answer& answer);

/// The body of a 2xx, which must be a JSON object.
Result<boost::json::object> json_answer(const std::string& action, const remote::Answer& answer);

/// The body of a complete answer to a search: no shard or cluster is missing, and it did not time out.
Result<boost::json::object> complete_search(const std::string& action, const remote::Answer& answer);

/// The error for an answer that does not fit the request.
Error bad_response(const std::string& action, const remote::Answer& answer, std::string_view why);

/// The error for an answer that is incomplete according to the engine itself.
Error partial(const std::string& action, const remote::Answer& answer, std::string_view why);

/// The index and the id of one of the answer's hits.
Result<DocumentId> document_of(const std::string& action, const remote::Answer& answer, const boost::json::value& hit);

/// Checks an answer to a refresh: no shard may have failed.
Result<void> check_refreshed(const std::string& action, const remote::Answer& answer);

} // namespace health::elasticsearch
