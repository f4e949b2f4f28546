#pragma once

#include <http/message.hpp>

/// Which product answers, from what is in each of its answers: an address may be that of another one.
namespace health::remote {

/// Kibana says so in each answer, of whatever status.
bool is_kibana(const http::Response& response);

/// Elasticsearch says so from 7.14 on, also where it refuses a request.
bool is_elasticsearch(const http::Response& response);

/// An engine that has nothing at the path, in the words of all versions.
bool lacks_path(const http::Response& response);

} // namespace health::remote
