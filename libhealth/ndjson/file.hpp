#pragma once

#include <base/files.hpp>

#include <filesystem>
#include <string_view>
#include <system_error>

namespace health::ndjson {

/// The error for a failed action ("cannot read", "cannot lock"), with what to do about it.
Error access_error(std::string_view action, const std::filesystem::path& path, std::error_code failure);

/// The same for errno.
Error access_error(std::string_view action, const std::filesystem::path& path);

/// Opens a regular file as open(2) does.
Result<Descriptor> open_regular_file(const std::filesystem::path& path, int flags, std::string_view action);

} // namespace health::ndjson
