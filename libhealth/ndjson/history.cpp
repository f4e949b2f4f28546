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
    : backfill_(backfill), period_(period), fields_(snapshot_fields(backfill)) {}

void HistoryTally::add(const dom::element& document) {
    const auto time = text_at(document, "ts");
    const auto index = text_at(document, "index");
    const auto ts = parse_rfc3339(time.value_or(""));
    const auto missing = count_at(document, "missing");
    if (!ts || !index || !missing) {
        ++foreign_;
        return;
    }
    const auto name = text_at(document, "backfill");
    const bool ours = backfill_.shape == DocumentShape::flat ? !name : name == backfill_.name;
    const auto present = count_at(document, fields_.present);
    const auto derived = count_at(document, fields_.derived);
    if (!ours || index != backfill_.index || !present || !derived || *ts < period_.from || *ts >= period_.to)
        return;
    Sums& sums = stretches_[floor_to(*ts, period_.every)];
    ++sums.snapshots;
    sums.missing += *missing;
    sums.present += *present;
    sums.derived += *derived;
}

History HistoryTally::finish() const {
    History out{.points = {}, .foreign = foreign_};
    for (const auto& [ts, sums] : stretches_) {
        const auto count = static_cast<double>(sums.snapshots);
        out.points.push_back({.ts = ts,
                              .snapshots = sums.snapshots,
                              .missing = sums.missing / count,
                              .present = sums.present / count,
                              .derived = sums.derived / count});
    }
    return out;
}

} // namespace health::ndjson
