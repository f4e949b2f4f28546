#pragma once

#include <kibana/saved_objects.hpp>

#include <cstddef>
#include <string>
#include <vector>

/// What an import of saved objects does, did, and would do.
namespace health {

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

} // namespace health
