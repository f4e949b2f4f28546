#include <model/history.hpp>

namespace health {

std::vector<Gap> gaps(const History& history, const Period& period) {
    std::vector<Gap> out;
    const auto expect = [&](Timestamp expected, Timestamp next) {
        if (next > expected)
            out.push_back({.from = expected, .to = next});
    };
    for (std::size_t i = 1; i < history.points.size(); ++i)
        expect(history.points[i - 1].begin + period.every, history.points[i].begin);
    if (!history.points.empty()) {
        const auto over = period.to.time_since_epoch() / period.every * period.every;
        expect(history.points.back().begin + period.every, Timestamp(over));
    }
    return out;
}

} // namespace health
