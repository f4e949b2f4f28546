#include <ndjson/history.hpp>

#include <model/names.hpp>

#include <optional>
#include <string_view>

namespace health::ndjson {

namespace dom = simdjson::dom;

namespace {

std::optional<std::string_view> text_at(const dom::object& document, std::string_view key) {
    std::string_view text;
    return document[key].get(text) == simdjson::SUCCESS ? std::optional(text) : std::nullopt;
}

/// The path is a key, or an object's key and a key in that object.
std::optional<std::uint64_t> count_at(dom::object document, std::string_view path) {
    if (const auto dot = path.find('.'); dot != std::string_view::npos) {
        if (document[path.substr(0, dot)].get(document) != simdjson::SUCCESS)
            return std::nullopt;
        path.remove_prefix(dot + 1);
    }
    std::int64_t count = 0;
    if (document[path].get(count) != simdjson::SUCCESS || count < 0)
        return std::nullopt;
    return static_cast<std::uint64_t>(count);
}

} // namespace

HistoryTally::HistoryTally(const Backfill& backfill, const Period& period)
    : backfill_(backfill), period_(period), names_(number_names(backfill)) {}

void HistoryTally::add(const dom::object& document) {
    const auto time = text_at(document, key::ts);
    const auto index = text_at(document, key::index);
    const auto ts = parse_rfc3339(time.value_or(""));
    const auto missing = count_at(document, key::missing);
    if (!ts || !index || !missing) {
        ++foreign_;
        return;
    }
    const auto owner = text_at(document, key::backfill);
    const bool ours = backfill_.shape == DocumentShape::flat ? !owner : owner == backfill_.name;
    if (!ours || index != backfill_.index || *ts < period_.from || *ts >= period_.to)
        return;
    std::vector<std::uint64_t> counts;
    for (const NumberName& name : names_) {
        const auto count = count_at(document, name.document_path);
        if (!count)
            return;
        counts.push_back(*count);
    }
    const Timestamp begin = begin_of_interval(*ts, period_.every);
    HistoryPoint& point = intervals_.try_emplace(begin, HistoryPoint{.begin = begin}).first->second;
    // Of two in the same second, the one that was written later.
    if (point.snapshots++ == 0 || *ts >= point.last.ts)
        point.last = snapshot_from(backfill_.index, counts, *ts);
}

History HistoryTally::finish() const {
    History out{.points = {}, .foreign = foreign_};
    for (const auto& [begin, point] : intervals_)
        out.points.push_back(point);
    return out;
}

} // namespace health::ndjson
