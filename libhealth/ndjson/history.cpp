#include <ndjson/history.hpp>

#include <optional>
#include <string_view>

namespace health::ndjson {

namespace dom = simdjson::dom;

namespace {

std::optional<std::string_view> text_at(const dom::element& document, std::string_view key) {
    std::string_view text;
    return document[key].get(text) == simdjson::SUCCESS ? std::optional(text) : std::nullopt;
}

/// The path is that of a snapshot: a key, or an object's and a key in it.
std::optional<double> count_at(dom::element document, std::string_view path) {
    if (const auto dot = path.find('.'); dot != std::string_view::npos) {
        if (document[path.substr(0, dot)].get(document) != simdjson::SUCCESS)
            return std::nullopt;
        path.remove_prefix(dot + 1);
    }
    std::int64_t count = 0;
    if (document[path].get(count) != simdjson::SUCCESS || count < 0)
        return std::nullopt;
    return static_cast<double>(count);
}

Timestamp floor_to(Timestamp ts, std::chrono::seconds every) {
    const auto since_epoch = ts.time_since_epoch();
    const auto rest = since_epoch % every;
    return ts - (rest.count() < 0 ? rest + every : rest);
}

} // namespace

HistoryTally::HistoryTally(const Backfill& backfill, const Period& period)
    : backfill_(backfill), period_(period), names_(number_names(backfill)) {}

void HistoryTally::add(const dom::element& document) {
    const auto time = text_at(document, "ts");
    const auto index = text_at(document, "index");
    const auto ts = parse_rfc3339(time.value_or(""));
    const auto missing = count_at(document, "missing");
    if (!ts || !index || !missing) {
        ++foreign_;
        return;
    }
    const auto owner = text_at(document, "backfill");
    const bool ours = backfill_.shape == DocumentShape::flat ? !owner : owner == backfill_.name;
    if (!ours || index != backfill_.index || *ts < period_.from || *ts >= period_.to)
        return;
    std::vector<double> counts;
    for (const NumberName& name : names_) {
        const auto count = count_at(document, name.document_path);
        if (!count)
            return;
        counts.push_back(*count);
    }
    Sums& sums = stretches_[floor_to(*ts, period_.every)];
    ++sums.snapshots;
    sums.missing += counts[0];
    sums.present += counts[1];
    sums.derived.resize(counts.size() - 2);
    for (std::size_t i = 2; i < counts.size(); ++i)
        sums.derived[i - 2] += counts[i];
}

History HistoryTally::finish() const {
    History out{.points = {}, .foreign = foreign_};
    for (const auto& [ts, sums] : stretches_) {
        const auto count = static_cast<double>(sums.snapshots);
        std::vector<double> derived;
        for (const double sum : sums.derived)
            derived.push_back(sum / count);
        out.points.push_back({.ts = ts,
                              .snapshots = sums.snapshots,
                              .missing = sums.missing / count,
                              .present = sums.present / count,
                              .derived = std::move(derived)});
    }
    return out;
}

} // namespace health::ndjson
