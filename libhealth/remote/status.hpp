#pragma once

#include <http/message.hpp>

#include <cstdint>
#include <string>

namespace health::remote {

/// "status 404", or "status 302, to https://login.example/": redirects are not followed, but their target explains
/// them.
std::string describe_status(const http::Response& response);

/// 429, 502, 503 or 504: the same request may succeed after a wait.
bool is_busy(std::uint64_t status);
bool is_busy(const http::Response& response);

/// Whether the engine would need more than its search.max_buckets to answer, whatever the status: the same request
/// would be refused again.
bool exceeds_bucket_limit(const http::Response& response);

} // namespace health::remote
