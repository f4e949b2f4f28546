#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>
#include <model/backfill.hpp>
#include <model/finding.hpp>
#include <remote/settings.hpp>

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace health {

namespace kibana {
class Space;
}

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

/// The embedded dashboards, for this health index and its monthly ones (NAME-*): one for snapshots of the flat shape,
/// one for those of the nested shape, whichever the backfills have. Titles and object ids contain the name of the
/// health index, so that those of several health indices can coexist.
std::string embedded_dashboards(std::string_view health_index, std::span<const Backfill> backfills);

/// What happens to objects that exist already. The others are created in any case.
enum class ImportMode {
    overwrite,
    keep,      ///< they stay
    complete,  ///< they stay, and must cover the indices of the file: safe to repeat
    new_copies ///< every object of the file gets a new id
};

struct Imported {
    std::size_t count = 0;         ///< objects that were created or replaced
    std::vector<SavedObject> kept; ///< objects that existed already and were not changed: as the file names them
    std::vector<std::string> dashboard_urls{};
};

/// What an import would find.
struct Preview {
    std::string version;               ///< of Kibana, such as 8.12.2
    std::vector<SavedObject> existing; ///< as the file names them
};

/// A space of a Kibana: https://www.elastic.co/guide/en/kibana/8.19/saved-objects-api-import.html
class Kibana {
public:
    /// An empty space is the default one.
    static Result<Kibana> make(const RemoteSettings& settings, const std::string& space);
    Kibana(Kibana&&) noexcept;
    Kibana& operator=(Kibana&&) noexcept;
    ~Kibana();

    /// Waits until it can be reached and has started; other errors are left to the next request.
    Result<void> wait_until_ready(const Deadline& deadline);

    /// Checks its state, and whether the dashboard can be used there. If it cannot be reached, that is a problem only
    /// when it is expected.
    Finding examine(bool expected, const Deadline& deadline);

    /// Finds out what an import would do, and changes nothing.
    Result<Preview> preview(const SavedObjects& objects, ImportMode mode, const Deadline& deadline);

    /// Imports, and verifies that the dashboard exists afterwards. On failure there is an error for each object that
    /// was refused, or one for all of them.
    boost::system::result<Imported, std::vector<Error>> import(const SavedObjects& objects, ImportMode mode,
                                                               const Deadline& deadline);

    [[nodiscard]] std::string shown() const; ///< its URL, without credentials

private:
    explicit Kibana(std::unique_ptr<kibana::Space> space);

    std::unique_ptr<kibana::Space> space_;
};

} // namespace health
