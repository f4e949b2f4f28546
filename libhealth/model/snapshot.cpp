#include <model/snapshot.hpp>

namespace health {

Verdict verdict(const Snapshot& snapshot) {
    const bool done = snapshot.missing == 0 && snapshot.present > 0;
    const bool right = snapshot.derived <= snapshot.present;
    return done && right ? Verdict::ok : Verdict::check;
}

std::string_view to_string(Verdict verdict) {
    return verdict == Verdict::ok ? "OK" : "CHECK";
}

std::optional<double> coverage(const Snapshot& snapshot) {
    if (snapshot.present == 0)
        return std::nullopt;
    return static_cast<double>(snapshot.derived) / static_cast<double>(snapshot.present);
}

} // namespace health
