#include <web/password_checks.hpp>

#include <web/bcrypt.hpp>

#include <openssl/crypto.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace health::web {

namespace {

constexpr std::size_t max_waiting = 32;

struct Check {
    std::string password;
    std::string hash;
    PasswordChecks::Done done;
};

} // namespace

/// Shared with the thread: a check may take long, and nobody waits for it at the end.
struct PasswordChecks::State {
    std::mutex mutex;
    std::condition_variable added;
    std::deque<Check> checks; ///< the first one is under way
    bool started = false;
    bool stopped = false;
};

PasswordChecks::PasswordChecks() : state_(std::make_shared<State>()) {}

void PasswordChecks::add(std::string password, std::string hash, Done done) {
    {
        const std::lock_guard lock(state_->mutex);
        if (!state_->stopped && state_->checks.size() < max_waiting && start()) {
            state_->checks.push_back({std::move(password), std::move(hash), std::move(done)});
            state_->added.notify_one();
            return;
        }
    }
    done(PasswordResult::not_checked);
}

/// False while the system has no thread for it. With the lock held.
bool PasswordChecks::start() {
    if (state_->started)
        return true;
    try {
        std::thread([state = state_] { work(state); }).detach();
    } catch (const std::system_error&) {
        return false;
    }
    state_->started = true;
    return true;
}

void PasswordChecks::stop() {
    std::deque<Check> waiting;
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopped = true;
        waiting.swap(state_->checks);
        state_->added.notify_one();
    }
    for (const Check& check : waiting)
        check.done(PasswordResult::not_checked);
}

void PasswordChecks::work(const std::shared_ptr<State>& state) {
    for (std::unique_lock lock(state->mutex);;) {
        state->added.wait(lock, [&] { return state->stopped || !state->checks.empty(); });
        if (state->stopped)
            return;
        std::string password = state->checks.front().password;
        const std::string hash = state->checks.front().hash;
        lock.unlock();
        const bool right = matches_bcrypt(password, hash);
        OPENSSL_cleanse(password.data(), password.size());
        lock.lock();
        if (state->stopped)
            return;
        // Within the lock: after stop() the receiver may no longer exist.
        state->checks.front().done(right ? PasswordResult::right : PasswordResult::wrong);
        state->checks.pop_front();
    }
}

} // namespace health::web
