#include <cli/base_directory.hpp>

namespace cli {

std::optional<std::filesystem::path> base_directory(const Settings& settings, std::string_view variable,
                                                    std::string_view below_home) {
    if (const auto folder = settings.variable(variable); folder && folder->starts_with('/'))
        return *folder;
    if (const auto home = settings.variable("HOME"))
        return std::filesystem::path(*home) / below_home;
    return std::nullopt;
}

} // namespace cli
