#pragma once

#include <http/head.hpp>
#include <http/prepared_response.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>

namespace health::http {

struct ServerRequest {
    const Head& head;
    std::string_view body;
};

struct Deferred;
using Outcome = std::variant<ServerResponse, std::shared_ptr<const PreparedResponse>, Deferred>;
/// Takes a function that makes the response; it runs on the server's thread, so that routes need no locks.
using Reply = std::function<void(std::function<Outcome()>)>;

/// An answer that comes later: `begin` is called with a reply, which may be called once, on any thread.
struct Deferred {
    std::function<void(Reply)> begin;
    std::optional<std::chrono::milliseconds> timeout{}; ///< after which `on_timeout` makes the answer
    std::function<Outcome()> on_timeout{};
};

/// A route is a function from a request to its response. The request lives until it is answered.
using Handler = std::function<Outcome(const ServerRequest&)>;

} // namespace health::http
