#pragma once

#include <functional>
#include <memory>
#include <string>

namespace health::web {

enum class PasswordResult { right, wrong, not_checked };

/// Checks passwords one by one on a thread of its own, which exists from the first check on.
class PasswordChecks {
public:
    using Done = std::function<void(PasswordResult)>;

    PasswordChecks();
    PasswordChecks(const PasswordChecks&) = delete;
    PasswordChecks& operator=(const PasswordChecks&) = delete;
    ~PasswordChecks() { stop(); }

    /// `done` may be called on any thread, and at once when too many are waiting.
    void add(std::string password, std::string hash, Done done);
    /// Waiting checks end with `not_checked` now, and nothing is called later.
    void stop();

private:
    struct State;
    bool start();
    static void work(const std::shared_ptr<State>& state);

    std::shared_ptr<State> state_;
};

} // namespace health::web
