#pragma once

#include <base/deadline.hpp>
#include <kibana/answer.hpp>
#include <kibana/import.hpp>
#include <remote/service.hpp>
#include <remote/settings.hpp>

#include <memory>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace health::kibana {

/// The API of a space in Kibana.
class Space {
public:
    /// An empty id is the default space.
    static Result<Space> make(const RemoteSettings& settings, const std::string& id);

    [[nodiscard]] const std::string& id() const { return id_; } ///< empty: the default one
    [[nodiscard]] std::string shown() const { return service_->shown(); }
    /// The dashboard's URL for a browser, at the Kibana with this URL.
    [[nodiscard]] std::string dashboard_url(const std::string& from, const std::string& dashboard_id) const;

    /// Without retries.
    Result<remote::Answer> status_once(const Deadline& deadline);
    Result<std::string> version(const Deadline& deadline);

    /// GET /api/spaces/space/ID
    Result<remote::Answer> ask(const Deadline& deadline);
    /// Fails when there is no such space: Kibana would import into it all the same, where nobody would ever see it.
    Result<void> check(const Deadline& deadline);

    Result<StoredObject> object(const std::string& type, const std::string& id, const Deadline& deadline);
    /// All objects of these types, with their titles.
    Result<std::vector<StoredObject>> objects(const std::set<std::string>& types, const Deadline& deadline);

    struct ImportAnswer {
        Report report;
        std::string from; ///< the URL of the Kibana
    };
    Result<ImportAnswer> import(const std::string& ndjson, ImportMode mode, const Deadline& deadline);
    /// The second step, when some objects of the file exist already: see resolve_request().
    Result<ImportAnswer> resolve(const std::string& ndjson, ImportMode mode, const Report& first,
                                 const Deadline& deadline);

private:
    Space(std::unique_ptr<remote::Service> service, std::unique_ptr<remote::Service> once, std::string id);

    Result<remote::Answer> get(std::string target, const Deadline& deadline);
    Result<ImportAnswer> send(http::Request request, ImportMode mode, const Deadline& deadline);

    std::unique_ptr<remote::Service> service_;
    std::unique_ptr<remote::Service> once_; ///< without retries
    std::string id_;
    std::string path_;
};

} // namespace health::kibana
