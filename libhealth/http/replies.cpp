#include <http/replies.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <optional>
#include <utility>

namespace health::http {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

/// Completes once, with the reply or the time-out, whichever comes first.
template <class Completion>
class Waiter {
public:
    Waiter(asio::io_context& context, Completion completion) : timer(context), completion_(std::move(completion)) {}

    void complete(const std::function<Outcome()>& make) {
        if (!completion_)
            return;
        timer.cancel();
        auto completion = std::exchange(completion_, std::nullopt);
        (*completion)(make());
    }

    asio::steady_timer timer;

private:
    std::optional<Completion> completion_;
};

} // namespace

asio::awaitable<Outcome> Replies::wait_for(Outcome outcome) {
    if (*waiting_ >= limit_)
        co_return text_response(503, "too many requests are waiting");
    while (const auto* deferred = std::get_if<Deferred>(&outcome)) {
        Outcome next = co_await wait_once(*deferred);
        outcome = std::move(next);
    }
    co_return outcome;
}

asio::awaitable<Outcome> Replies::wait_once(const Deferred& deferred) {
    return asio::async_initiate<decltype(asio::use_awaitable), void(Outcome)>(
        [this, deferred](auto completion) {
            auto waiter = std::make_shared<Waiter<decltype(completion)>>(context_, std::move(completion));
            if (deferred.timeout) {
                waiter->timer.expires_after(*deferred.timeout);
                waiter->timer.async_wait([waiter, on_timeout = deferred.on_timeout](error_code cancelled) {
                    if (!cancelled)
                        waiter->complete(on_timeout);
                });
            }
            // It counts until the reply is destroyed, even if the wait has timed out before.
            ++*waiting_;
            const std::shared_ptr<void> counted(nullptr, [count = waiting_](void*) { --*count; });
            deferred.begin([this, waiter, counted](std::function<Outcome()> make) {
                asio::post(context_, [waiter, make = std::move(make)] { waiter->complete(make); });
            });
        },
        asio::use_awaitable);
}

} // namespace health::http
