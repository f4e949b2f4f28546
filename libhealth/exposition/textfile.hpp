#pragma once

#include <base/error.hpp>
#include <model/backfill.hpp>
#include <model/snapshot.hpp>

#include <span>
#include <string>
#include <string_view>

namespace health::exposition {

/// What `serve` would show of this measurement, for the textfile collector of node_exporter
/// (https://github.com/prometheus/node_exporter#textfile-collector). `results` are one for each backfill; one that
/// failed has no numbers. `previous` is the text that this one replaces: when any failed, the time of the last success
/// is taken from it.
std::string render_textfile(std::span<const Backfill> backfills, std::span<const Result<Snapshot>> results,
                            std::string_view previous);

} // namespace health::exposition
