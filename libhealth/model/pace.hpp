#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace health {

/// How fast a backfill works, estimated step by step; steps that no longer fit are dropped.
///
/// A store shows what was written in steps: an engine when it refreshes, a file when it is measured. A step is the time
/// from one moment at which work was seen to the next, and the work between them.
///
/// The pace is the mean over the later two thirds of the time that it has lasted, so that the effect of a small change
/// is gone after twice the time that preceded it. A large change ends the pace: when the work of the latest steps is
/// far from what the same time brought before, the steps before them are dropped.
class Pace {
public:
    struct Step {
        double seconds; ///< more than 0
        double filled;  ///< documents; negative when what is missing grew
    };

    void add(const Step& step);

    /// Starts over.
    void restart() { steps_.clear(); }

    /// Documents a second.
    struct Range {
        double expected;
        double slowest; ///< may be negative
        double fastest;
    };
    /// None before there are three steps.
    [[nodiscard]] std::optional<Range> range() const;

    /// The mean work of a step; 0 when there is none.
    [[nodiscard]] double mean_step() const;

    [[nodiscard]] std::size_t kept_steps() const { return steps_.size(); }

private:
    struct Steps {
        double seconds = 0;
        double filled = 0;
        std::size_t count = 0;

        void operator+=(const Steps& other);
        [[nodiscard]] double rate() const { return filled / seconds; }
    };

    static Steps sum(std::span<const Steps> steps);
    static double min_variance(const Steps& total);
    static double deviation(std::span<const Steps> older, const Steps& before, const Steps& recent);
    static double variance(std::span<const Steps> steps, const Steps& total, double block);
    [[nodiscard]] std::span<const Steps> later_part() const;
    void drop_outdated_steps();
    void merge_old_steps();

    std::vector<Steps> steps_; ///< older entries sum up more steps
};

} // namespace health
