#pragma once

#include <health/deadline.hpp>
#include <health/error.hpp>
#include <health/remote.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace health {

/// A file of saved objects, as Kibana exports them: one JSON object a line.
struct SavedObjects {
    std::string ndjson;
    std::size_t count = 0;    ///< objects, without the summary line at the end of an export
    std::string dashboard_id; ///< of the first dashboard; empty when there is none
    std::string dashboard_title;
};

/// Checks each line (Kibana never answers when one has no `attributes`). `name` stands in errors, which are of kind
/// `usage`.
Result<SavedObjects> parse_saved_objects(std::string ndjson, const std::string& name);

/// The dashboard that the program carries.
std::string_view embedded_dashboard();

struct Imported {
    std::size_t count = 0;
    std::string dashboard_url; ///< empty when the file has no dashboard
};

/// Posts the objects to Kibana, over existing ones. An empty space is the default one.
/// On failure there is an error for each object that was refused, or one for all of them.
boost::system::result<Imported, std::vector<Error>> import_saved_objects(const RemoteSettings& kibana,
                                                                         const std::string& space,
                                                                         const SavedObjects& objects,
                                                                         const Deadline& deadline);

} // namespace health
