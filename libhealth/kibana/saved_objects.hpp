#pragma once

#include <base/error.hpp>
#include <base/json.hpp>

#include <cstddef>
#include <string>
#include <vector>

namespace health {

/// A panel, a data view, a dashboard.
struct SavedObject {
    std::string type;
    std::string id;
    std::string title; ///< of a data view (index-pattern): the indices that it reads

    bool operator==(const SavedObject&) const = default;
};

/// A file of saved objects, as Kibana exports them: one JSON object a line.
struct SavedObjects {
    std::string ndjson;
    std::vector<SavedObject> objects; ///< without the summary line at the end of an export
    /// The dashboards among them.
    [[nodiscard]] std::vector<SavedObject> dashboards() const;
};

/// The largest import that Kibana accepts (savedObjects.maxImportPayloadBytes), in bytes.
inline constexpr std::size_t largest_import = 26214400;

/// Checks each line (Kibana never answers when one has no `attributes`) and each reference. Errors contain `name`, and
/// are of kind `usage`.
Result<SavedObjects> parse_saved_objects(std::string ndjson, const std::string& name);

/// From one that has what Kibana needs.
SavedObject to_saved_object(JsonRoot object);

} // namespace health
