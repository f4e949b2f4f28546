#include <report/assessment.hpp>
#include <report/comparison.hpp>
#include <report/profile_parts.hpp>

#include <boost/json.hpp>

namespace health {

namespace json = boost::json;

namespace {

json::object breakdown_member(const Assessment::ByField& by) {
    json::array groups;
    for (const Group& group : by.breakdown.groups)
        groups.push_back(json::object{{"value", group.value ? json::value(*group.value) : json::value(nullptr)},
                                      {"missing", group.missing},
                                      {"documents", group.documents}});
    const auto& [field, interval] = by.grouping;
    return {{"field", field},
            {"interval", interval ? json::value(to_string(*interval)) : nullptr},
            {"groups", std::move(groups)}};
}

json::array samples_member(const std::vector<DocumentId>& samples) {
    json::array out;
    for (const DocumentId& sample : samples)
        out.push_back(json::object{{"index", sample.index}, {"id", sample.id}});
    return out;
}

} // namespace

std::string json_assessment(const Backfill& backfill, const Assessment& assessment) {
    json::object out = report_members(backfill, assessment.now);
    if (assessment.compared)
        for (auto& member : comparison_members(backfill, assessment.before, assessment.now))
            out[member.key()] = std::move(member.value());
    if (assessment.by)
        out["by"] = breakdown_member(*assessment.by);
    if (assessment.samples)
        out["samples"] = samples_member(*assessment.samples);
    if (assessment.profile)
        out["profile"] = profile_parts::profile_member(*assessment.profile);
    if (assessment.profile && assessment.profile_before && out["before"].is_object())
        out["before"].get_object()["profile"] = profile_parts::profile_member(*assessment.profile_before);
    return json::serialize(out);
}

} // namespace health
