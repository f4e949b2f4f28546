#pragma once

#include <cli/settings.hpp>

#include <filesystem>
#include <optional>
#include <string_view>

namespace cli {

/// A folder of the XDG Base Directory Specification: the variable's, which must be absolute, or else this one below the
/// home. None without a home.
std::optional<std::filesystem::path> base_directory(const Settings& settings, std::string_view variable,
                                                    std::string_view below_home);

} // namespace cli
