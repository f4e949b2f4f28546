#pragma once

#include <model/backfill.hpp>
#include <model/profile.hpp>
#include <remote/service.hpp>

#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <vector>

namespace health::elasticsearch {

/// How a field is mapped, as far as its values can be asked for.
struct ProfiledField {
    std::string name;
    std::optional<ValueType> type{}; ///< none: `unknown` says why
    std::string engine_type{};       ///< "scaled_float"
    std::string unknown{};
    bool visible = true; ///< an exists query finds its documents

    bool operator==(const ProfiledField&) const = default;
};

/// The backfill's field and its derived fields, from the answer to field_caps_target(). A field that is mapped
/// differently in the indices has no type.
Result<std::vector<ProfiledField>> to_profiled_fields(const std::string& action, const Backfill& backfill,
                                                      const remote::Answer& answer);

/// For each field, the key of a value whose documents are to be counted exactly; null for none.
using Candidates = std::vector<boost::json::value>;

/// All fields in one search, so that their numbers are of one instant. Least and greatest values are those of the first
/// documents in the order of the field: aggregations `min` and `max` are numbers in floating point only.
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-aggregations-metrics-top-hits-aggregation.html
/// https://www.elastic.co/guide/en/elasticsearch/reference/8.19/search-aggregations-bucket-terms-aggregation.html
Result<http::Request> profile_request(const Backfill& backfill, const std::vector<ProfiledField>& fields, Timestamp now,
                                      const Candidates& candidates = {});

struct ProfileAnswer {
    Profile profile;
    Candidates doubtful; ///< where the most common value is `at_least`, and a second search may tell more
};
Result<ProfileAnswer> to_profile(const std::string& action, const std::vector<ProfiledField>& fields,
                                 const remote::Answer& answer, const Candidates& candidates = {});

} // namespace health::elasticsearch
