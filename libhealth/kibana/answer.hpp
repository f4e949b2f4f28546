#pragma once

#include <base/error.hpp>
#include <kibana/saved_objects.hpp>
#include <model/finding.hpp>
#include <remote/service.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// What Kibana's answers mean.
namespace health::kibana {

inline constexpr std::string_view action = "cannot import the dashboard";

/// What an answer says about an object of the file.
struct ImportOutcome {
    SavedObject object;
    std::string destination_id; ///< its id in this space, if it differs from the file's
    bool new_copy = false;      ///< it loses the link to the object that it is a copy of
};

/// The answer to an import. If there are conflicts, nothing was created, whatever the count says.
struct Report {
    std::size_t count = 0;                ///< of the accepted ones, according to Kibana
    std::vector<ImportOutcome> accepted;  ///< objects that were created, or could be
    std::vector<ImportOutcome> conflicts; ///< objects that exist already
    std::vector<Error> refusals;          ///< one for each object that was refused for another reason
};

/// Fails when it is not the answer to an import.
Result<Report> read_report(const remote::Answer& answer);

/// The error for a conflict that the import cannot resolve.
Error conflict_error(const ImportOutcome& conflict);

/// From the answer to GET /api/status.
Result<std::string> read_version(const remote::Answer& answer);

/// Whether Kibana itself says that there is no such thing: a 404 from another server may mean anything.
bool is_missing(const remote::Answer& answer);

/// From the answer to GET /api/spaces/space/SPACE: whether it exists.
Result<void> read_space(const remote::Answer& answer, const std::string& space);

/// An object that is stored in a space.
struct StoredObject {
    SavedObject object;
    std::string origin_id; ///< of the object in another space that it is a copy of; may be empty
};

/// From the answer to GET /api/saved_objects/TYPE/ID. Fails with `rejected` when it does not exist.
Result<StoredObject> read_object(const remote::Answer& answer, const std::string& type, const std::string& id);

struct Page {
    std::size_t total = 0; ///< on all pages
    std::vector<StoredObject> objects;
};

/// From the answer to GET /api/saved_objects/_find.
Result<Page> read_page(const remote::Answer& answer);

/// Checks the version in the answer to GET /api/status: the dashboard needs 8.9.
Finding check_status(const remote::Answer& answer);

/// Adds to that finding what the answer to GET /api/spaces/space/SPACE says.
Finding check_space(Finding found, const remote::Answer& answer, const std::string& space);

/// What a status other than 200 means.
Error refusal(const remote::Answer& answer);

} // namespace health::kibana
