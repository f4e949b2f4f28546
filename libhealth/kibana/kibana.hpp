#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>
#include <kibana/import.hpp>
#include <kibana/saved_objects.hpp>
#include <model/finding.hpp>
#include <remote/settings.hpp>

#include <memory>
#include <string>
#include <vector>

namespace health {

namespace kibana {
class Space;
}

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
