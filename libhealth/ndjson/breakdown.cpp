#include <ndjson/breakdown.hpp>

#include <store/checks.hpp>

#include <set>

namespace health::ndjson {

namespace {

/// The values of a field, as the keys of a terms aggregation would be.
struct FieldValues {
    std::vector<std::string> texts{};
    std::vector<FieldTrie::Path> enclosing{};

    void value(FieldTrie::Path /*path*/, const simdjson::dom::element& scalar) {
        texts.push_back(scalar.is_string() ? std::string(scalar.get_string().value_unsafe())
                                           : simdjson::to_string(scalar));
    }
    void restart() { texts.clear(); }
    static void below(FieldTrie::Path /*path*/) {}
    static bool wants_values(FieldTrie::Path /*path*/) { return true; }
    static bool wants_below(FieldTrie::Path /*path*/) { return false; }
};

} // namespace

BreakdownTally::BreakdownTally(const Backfill& backfill, const Grouping& grouping)
    : population_(backfill), grouping_(grouping) {
    field_.add(grouping.field);
}

void BreakdownTally::add(const simdjson::dom::object& line) {
    const auto missing = population_.is_missing(line);
    if (!missing)
        return;
    FieldValues found;
    field_.walk(line, found);
    std::set<std::string> values;
    for (std::string& value : found.texts) {
        if (!grouping_.interval)
            values.insert(std::move(value));
        else if (const auto time = parse_date(value))
            values.insert(name_of(*grouping_.interval, begin_of(*grouping_.interval, *time)));
    }
    const auto count = [&missing](Counts& counts) {
        ++counts.documents;
        counts.missing += *missing ? 1 : 0;
    };
    for (const std::string& value : values)
        // One group too many is enough to fail, and a file must not fill the memory.
        if (groups_.size() <= max_groups || groups_.contains(value))
            count(groups_[value]);
    if (values.empty()) {
        count(without_value_);
        unreadable_ += found.texts.empty() ? 0 : 1;
    }
}

BreakdownTally& BreakdownTally::operator+=(const BreakdownTally& other) {
    const auto add_counts = [](Counts& counts, const Counts& added) {
        counts.documents += added.documents;
        counts.missing += added.missing;
    };
    for (const auto& [value, counts] : other.groups_)
        add_counts(groups_[value], counts);
    add_counts(without_value_, other.without_value_);
    unreadable_ += other.unreadable_;
    return *this;
}

Result<Breakdown> BreakdownTally::finish() const {
    if (groups_.size() > max_groups)
        return too_many_groups(grouping_);
    Breakdown out{.groups = {}, .unreadable = unreadable_};
    for (const auto& [value, counts] : groups_)
        out.groups.push_back({.value = value, .missing = counts.missing, .documents = counts.documents});
    if (without_value_.documents > 0)
        out.groups.push_back(
            {.value = std::nullopt, .missing = without_value_.missing, .documents = without_value_.documents});
    sort_groups(out.groups, grouping_);
    return out;
}

} // namespace health::ndjson
