#include <model/history.hpp>

namespace health {

Timestamp begin_of_interval(Timestamp time, std::chrono::seconds every) {
    const auto rest = time.time_since_epoch() % every;
    return time - (rest.count() < 0 ? rest + every : rest);
}

std::vector<Gap> gaps(const History& history, const Period& period) {
    std::vector<Gap> out;
    const auto expect = [&](Timestamp expected, Timestamp next) {
        if (next > expected)
            out.push_back({.from = expected, .to = next});
    };
    for (std::size_t i = 1; i < history.points.size(); ++i)
        expect(history.points[i - 1].begin + period.every, history.points[i].begin);
    if (!history.points.empty()) {
        expect(history.points.back().begin + period.every, begin_of_interval(period.to, period.every));
    }
    return out;
}

} // namespace health
