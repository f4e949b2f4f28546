#pragma once

#include <http/handler.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <atomic>
#include <cstddef>
#include <memory>

namespace health::http {

/// Waits for deferred answers, of a limited number of requests.
class Replies {
public:
    Replies(boost::asio::io_context& context, std::size_t limit) : context_(context), limit_(limit) {}

    /// The final outcome, which is not Deferred.
    boost::asio::awaitable<Outcome> wait_for(Outcome outcome);

private:
    boost::asio::awaitable<Outcome> wait_once(const Deferred& deferred);

    boost::asio::io_context& context_;
    std::size_t limit_;
    /// Shared with replies, which may outlive the server on other threads.
    std::shared_ptr<std::atomic<std::size_t>> waiting_ = std::make_shared<std::atomic<std::size_t>>(0);
};

} // namespace health::http
