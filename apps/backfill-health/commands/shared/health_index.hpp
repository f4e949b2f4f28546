#pragma once

#include <store/store.hpp>

#include <string>

namespace cli {

/// "Created index X", or how an existing one compares.
std::string describe_installed(const std::string& health_index, const health::Installed& installed);

} // namespace cli
