#pragma once

#include <kibana/saved_objects.hpp>
#include <model/backfill.hpp>

#include <span>
#include <string>

namespace health {

/// The embedded dashboards, for this health index and its monthly ones (NAME-*): one for snapshots of the flat shape,
/// one for those of the nested shape, whichever the backfills have. Titles and object ids contain the name of the
/// health index, so that those of several health indices can coexist.
SavedObjects embedded_dashboards(const std::string& health_index, std::span<const Backfill> backfills);

} // namespace health
