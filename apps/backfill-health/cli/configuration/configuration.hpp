#pragma once

#include <base/error.hpp>
#include <base/file_stamp.hpp>
#include <cli/configuration/backfill_node.hpp>

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace cli {

/// A setting as the file has it.
struct ConfiguredValue {
    std::string value;
    std::size_t line = 1;
};

/// A configuration file: docs/config.schema.json describes its keys.
struct Configuration {
    std::string file;                                               ///< as it was named or found
    health::FileStamp stamp{};                                      ///< before it was read
    std::map<std::string, ConfiguredValue, std::less<>> settings{}; ///< by the names of their options
    std::optional<std::vector<ConfiguredBackfill>> backfills{}; ///< in the file's order; none: options describe the one
    std::size_t backfills_line = 1;
};

inline constexpr std::size_t largest_configuration = std::size_t{4} << 20U; ///< bytes

/// `known` are the names of the settings that a file may have. An error is `usage`, "FILE:LINE: …".
health::Result<Configuration> parse_configuration(const std::string& text, const std::string& file,
                                                  const std::vector<std::string_view>& known);

} // namespace cli
