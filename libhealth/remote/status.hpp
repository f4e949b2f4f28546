#pragma once

#include <http/message.hpp>

#include <string>

namespace health::remote {

/// "status 404", or "status 302, to https://login.example/": redirects are not followed, but their target explains
/// them.
std::string describe_status(const http::Response& response);

} // namespace health::remote
