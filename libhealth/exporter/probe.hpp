#pragma once

#include <base/deadline.hpp>
#include <base/url.hpp>
#include <http/message.hpp>
#include <model/backfill.hpp>
#include <model/finding.hpp>

#include <string>

namespace health {

/// Asks whoever listens at the address of `serve` (as of its --listen) how it is. That nothing is there is a problem
/// when it is expected to be. Without credentials: of pages that want some, only the probe can be seen.
Finding probe_exporter(const std::string& listen, const Backfill& backfill, bool expected, const Deadline& deadline);

namespace exporter {

/// Where one asks what listens at this address: all interfaces are asked on this machine.
Result<Url> probed_url(const std::string& listen);

/// From the answers to /readyz and /metrics.
Finding judge_exporter(const std::string& url, const http::Response& ready, const http::Response& metrics,
                       const Backfill& backfill);

} // namespace exporter

} // namespace health
