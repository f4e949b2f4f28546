#include <commands/shared/health_index.hpp>

#include <base/text.hpp>

#include <fmt/format.h>

namespace cli {

std::string describe_installed(const std::string& health_index, const health::Installed& installed) {
    if (installed.created)
        return fmt::format("Created index {}", health_index);
    if (installed.added.empty())
        return fmt::format("Index {} already exists (mapping matches)", health_index);
    return fmt::format("Index {} already exists (mapping completed: {})", health_index,
                       health::join(installed.added, ", "));
}

} // namespace cli
