#include <model/members.hpp>

#include <model/names.hpp>

#include <utility>

namespace health {

namespace json = boost::json;

json::object number_members(const Backfill& backfill, std::vector<json::value> values, MembersOf what) {
    const bool nested = backfill.shape == DocumentShape::nested;
    json::object out;
    json::object derived;
    std::size_t i = 0;
    for (const NumberName& name : number_names(backfill)) {
        const bool apart = nested && name.quantity == Quantity::derived;
        const std::string& key = nested || what == MembersOf::report ? name.key : name.document_path;
        (apart ? derived : out)[key] = std::move(values.at(i++));
    }
    if (nested)
        out[key::derived] = std::move(derived);
    return out;
}

json::object snapshot_members(const Backfill& backfill, const Snapshot& snapshot, MembersOf what) {
    const bool nested = backfill.shape == DocumentShape::nested;
    json::object out;
    if (nested)
        out[key::backfill] = backfill.name;
    out[key::index] = snapshot.index;
    if (nested && what == MembersOf::report)
        out[key::field] = backfill.field;
    std::vector<json::value> counts;
    for (const std::uint64_t value : values(snapshot))
        counts.emplace_back(value);
    for (auto& member : number_members(backfill, std::move(counts), what))
        out[member.key()] = std::move(member.value());
    return out;
}

json::object rule_members(const Snapshot& snapshot) {
    json::object out;
    for (const BrokenRule& broken : snapshot.broken)
        out[broken.rule] = broken.documents;
    return out;
}

} // namespace health
