#pragma once

#include <cli/settings.hpp>
#include <model/backfill.hpp>

#include <string>

namespace cli {

/// What the options describe. The defaults are one backfill like any other, but that its documents keep their first
/// shape, and its field is shown with brackets.
health::Backfill read_backfill(Settings& settings);

/// Of that, what its documents in the health index depend on.
health::Backfill read_named_backfill(Settings& settings);

std::string read_health_index(Settings& settings);

} // namespace cli
