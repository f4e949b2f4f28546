#pragma once

#include <base/deadline.hpp>

#include <cstddef>
#include <functional>
#include <optional>
#include <vector>

namespace health::remote {

/// Which nodes answered lately. A failed one is skipped for a while, longer each time it fails again.
class Nodes {
public:
    explicit Nodes(std::size_t count) : nodes_(count) {}

    [[nodiscard]] std::size_t size() const { return nodes_.size(); }
    /// The node to use: the one that worked last, the next one that is not skipped, or else the one whose skip ends
    /// first.
    [[nodiscard]] std::size_t pick(Clock::time_point now) const;
    void mark_failed(std::size_t node, Clock::time_point now);
    void mark_working(std::size_t node);

private:
    struct Node {
        int failures = 0;
        Clock::time_point skip_until;
    };
    std::vector<Node> nodes_;
    std::size_t current_ = 0;
};

/// The attempts of one operation. It has no clock, no socket and no randomness of its own.
class Attempts {
public:
    struct Next {
        std::size_t node;
        Clock::duration wait;
    };

    /// `random` returns numbers from 0 up to 1. `retries` follow the first round, which tries every node at most once.
    Attempts(Nodes& nodes, int retries, Clock::time_point deadline, std::function<double()> random);

    [[nodiscard]] std::size_t first(Clock::time_point now) const { return nodes_.pick(now); }

    /// The node did not answer: the next one is tried at once, or all of them again after a wait.
    std::optional<Next> after_no_answer(std::size_t node, Clock::time_point now);

    /// 429, 502, 503 or 504: worth another try after a wait. None: give up.
    std::optional<Next> after_busy(std::size_t node, std::optional<Clock::duration> retry_after, Clock::time_point now);

    void after_answer(std::size_t node) { nodes_.mark_working(node); }

    /// How many nodes this round has left, the current one included.
    [[nodiscard]] std::size_t nodes_left() const { return nodes_.size() - tried_; }

private:
    std::optional<Next> retry(Clock::duration at_least, Clock::time_point now);

    Nodes& nodes_;
    int retries_left_;
    Clock::time_point deadline_;
    std::function<double()> random_;
    Clock::duration backoff_;
    std::size_t tried_ = 0;
};

} // namespace health::remote
