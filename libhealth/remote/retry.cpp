#include <remote/retry.hpp>

#include <algorithm>
#include <cmath>

namespace health::remote {

using namespace std::chrono_literals;

namespace {

constexpr Clock::duration first_backoff = 100ms;
constexpr Clock::duration longest_backoff = 5s;
constexpr Clock::duration first_cooldown = 1s;
constexpr int max_cooldown_doublings = 6; // 64 s

} // namespace

std::size_t Nodes::pick(Clock::time_point now) const {
    const auto is_available = [&](const Node& node) { return node.skip_until <= now; };
    for (std::size_t i = 0; i < nodes_.size(); ++i)
        if (const std::size_t candidate = (current_ + i) % nodes_.size(); is_available(nodes_[candidate]))
            return candidate;
    return static_cast<std::size_t>(std::ranges::min_element(nodes_, {}, &Node::skip_until) - nodes_.begin());
}

void Nodes::mark_failed(std::size_t node, Clock::time_point now) {
    nodes_[node].skip_until = now + first_cooldown * (1 << std::min(nodes_[node].failures, max_cooldown_doublings));
    ++nodes_[node].failures;
}

void Nodes::mark_working(std::size_t node) {
    nodes_[node] = {};
    current_ = node;
}

Attempts::Attempts(Nodes& nodes, int retries, Clock::time_point deadline, std::function<double()> random)
    : nodes_(nodes), retries_left_(retries), deadline_(deadline), random_(std::move(random)), backoff_(first_backoff) {}

std::optional<Attempts::Next> Attempts::after_no_answer(std::size_t node, Clock::time_point now) {
    nodes_.mark_failed(node, now);
    if (++tried_ < nodes_.size())
        return Next{.node = nodes_.pick(now), .wait = {}};
    tried_ = 0;
    return retry({}, now);
}

std::optional<Attempts::Next> Attempts::after_busy(std::size_t node, std::optional<Clock::duration> retry_after,
                                                   Clock::time_point now) {
    // A gateway's 502 concerns one node; the others may be fine.
    if (nodes_.size() > 1)
        nodes_.mark_failed(node, now);
    return retry(retry_after.value_or(Clock::duration::zero()), now);
}

std::optional<Attempts::Next> Attempts::retry(Clock::duration at_least, Clock::time_point now) {
    if (retries_left_ == 0)
        return std::nullopt;
    --retries_left_;
    // Between half of it and all of it, so that many clients do not come back at the same instant.
    const auto jittered = std::chrono::duration_cast<Clock::duration>(backoff_ * (0.5 + 0.5 * random_()));
    backoff_ = std::min(backoff_ * 2, longest_backoff);
    const auto wait = std::max(jittered, at_least);
    if (wait >= deadline_ - now)
        return std::nullopt;
    return Next{.node = nodes_.pick(now + wait), .wait = wait};
}

} // namespace health::remote
