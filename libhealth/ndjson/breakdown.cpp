#include <ndjson/breakdown.hpp>

#include <set>

namespace health::ndjson {

void BreakdownTally::add(const simdjson::dom::element& document) {
    const auto missing = population_.is_missing(document);
    if (!missing)
        return;
    std::set<std::string> values;
    bool any = false;
    for_each_value(document, grouping_.field, [&](std::string value) {
        any = true;
        if (!grouping_.interval)
            values.insert(std::move(value));
        else if (const auto time = parse_date(value))
            values.insert(name_of(*grouping_.interval, begin_of(*grouping_.interval, *time)));
    });
    const auto count = [&missing](Counts& counts) {
        ++counts.documents;
        counts.missing += *missing ? 1 : 0;
    };
    for (const std::string& value : values)
        // One too many is enough to know it, and a file must not fill the memory.
        if (groups_.size() <= most_groups || groups_.contains(value))
            count(groups_[value]);
    if (values.empty()) {
        count(without_value_);
        unreadable_ += any ? 1 : 0;
    }
}

Result<Breakdown> BreakdownTally::finish() const {
    if (groups_.size() > most_groups)
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
