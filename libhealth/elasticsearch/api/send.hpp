#pragma once

#include <remote/service.hpp>

#include <functional>
#include <utility>

namespace health::elasticsearch {

/// Sends a request as remote::Service::call() does. What is asked, and concluded from the answers, can so be tested
/// without a server.
using Send = std::function<Result<remote::Answer>(http::Request, const Deadline&, remote::Service::BusyParts)>;

/// The service must outlive it.
inline Send send_to(remote::Service& service) {
    return [&service](http::Request request, const Deadline& deadline, remote::Service::BusyParts busy_parts) {
        return service.call(std::move(request), deadline, busy_parts);
    };
}

} // namespace health::elasticsearch
