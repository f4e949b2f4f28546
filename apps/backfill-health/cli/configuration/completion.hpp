#pragma once

#include <model/backfill.hpp>

namespace cli {

/// Sets the shape and the label, which depend on whether it is the default backfill: that keeps the first shape of its
/// documents, and its field is shown with brackets.
void complete(health::Backfill& backfill);

} // namespace cli
