#include <base/json_text.hpp>
#include <base/printable.hpp>
#include <model/confidence.hpp>
#include <model/names.hpp>
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
                                      {key::missing, group.missing},
                                      {"documents", group.documents}});
    const auto& [field, interval] = by.grouping;
    return {{key::field, field},
            {"interval", interval ? json::value(to_string(*interval)) : nullptr},
            {"groups", std::move(groups)}};
}

json::array samples_member(const std::vector<SampleDocument>& samples) {
    json::array out;
    for (const auto& [document, values] : samples) {
        // A file's name need not be valid UTF-8.
        json::object sample{{key::index, printable(document.index)}, {"id", document.id}};
        json::object of_fields;
        for (const auto& [field, array] : values)
            of_fields[field] = array;
        if (!values.empty())
            sample["values"] = std::move(of_fields);
        out.push_back(std::move(sample));
    }
    return out;
}

json::object verified_member(const Verification& verification) {
    json::array examples;
    for (const auto& [document, field, found, expected] : verification.examples)
        examples.push_back(json::object{{key::index, printable(document.index)},
                                        {"id", document.id},
                                        {key::field, field},
                                        {"found", found},
                                        {"expected", expected}});
    constexpr double per_mille = 1000;
    const auto bound = upper_bound_per_mille(verification.wrong, verification.sampled);
    return {{"sampled", verification.sampled},
            {"as_expected", verification.as_expected()},
            {"all", verification.all},
            {"seed", verification.seed},
            {"at_most_wrong", verification.all ? json::value(nullptr) : static_cast<double>(bound) / per_mille},
            {"confidence", verification.all ? json::value(nullptr) : usual_confidence},
            {"not_judged", verification.not_judged},
            {"gone", verification.gone},
            {"examples", std::move(examples)}};
}

} // namespace

std::string json_assessment(const Backfill& backfill, const Assessment& assessment) {
    json::object out = report_members(backfill, assessment.now);
    out[key::verdict] = to_string(verdict(assessment));
    if (assessment.verified)
        out["verified"] = verified_member(*assessment.verified);
    if (assessment.compared)
        for (auto& member : comparison_members(backfill, assessment.before, assessment.now))
            out[member.key()] = std::move(member.value());
    if (assessment.now.arrivals)
        out[key::arrived] = arrival_members(*assessment.now.arrivals);
    if (assessment.by)
        out["by"] = breakdown_member(*assessment.by);
    if (assessment.samples)
        out["samples"] = samples_member(*assessment.samples);
    if (assessment.profile)
        out["profile"] = profile_parts::profile_member(*assessment.profile);
    if (assessment.profile && assessment.profile_before && out[key::before].is_object())
        out[key::before].get_object()["profile"] = profile_parts::profile_member(*assessment.profile_before);
    return json_text(out);
}

} // namespace health
