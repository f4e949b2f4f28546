#pragma once

#include <http/handler.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstddef>
#include <memory>

namespace health::http {

/// Waits for the answers that come later, for so many requests at the most.
class Replies {
public:
    Replies(boost::asio::io_context& context, std::size_t most) : context_(context), most_(most) {}

    /// What the outcome is in the end: not Deferred.
    boost::asio::awaitable<Outcome> wait_for(Outcome outcome);

private:
    boost::asio::awaitable<Outcome> wait_once(const Deferred& deferred);

    boost::asio::io_context& context_;
    std::size_t most_;
    /// Shared with replies, which may be gone later than the server, on other threads.
    std::shared_ptr<std::atomic<std::size_t>> waiting_ = std::make_shared<std::atomic<std::size_t>>(0);
};

} // namespace health::http
