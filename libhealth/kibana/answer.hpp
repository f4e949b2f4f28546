#pragma once

#include <model/finding.hpp>
#include <remote/service.hpp>

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace health::kibana {

inline constexpr std::string_view action = "cannot import the dashboard";

struct Report {
    std::size_t count = 0;                      ///< of the objects that Kibana says it has imported
    std::size_t existed = 0;                    ///< of those that were there already
    std::map<std::string, std::string> new_ids; ///< of those that it gave another id, by the one in the file
};

/// An error for each object that Kibana refused, or one for all. An object that is there already is one of them,
/// unless it may be.
boost::system::result<Report, std::vector<Error>> read_answer(const remote::Answer& answer, bool may_exist = false);

/// From the answer to GET /api/status.
Result<std::string> read_version(const remote::Answer& answer);

/// What the answer to GET /api/status says of the Kibana: the dashboard needs 8.9.
Finding judge(const remote::Answer& answer);

/// What a status other than 200 means.
Error refusal(const remote::Answer& answer);

} // namespace health::kibana
