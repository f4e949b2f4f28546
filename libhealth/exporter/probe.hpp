#pragma once

#include <base/deadline.hpp>
#include <base/url.hpp>
#include <http/message.hpp>
#include <model/backfill.hpp>
#include <model/finding.hpp>

#include <string>
#include <vector>

namespace health {

/// What the exporter should be measuring.
struct ExpectedExporter {
    std::string name; ///< what it is called, in messages and as the check
    std::vector<Backfill> backfills;
    std::string store_identity; ///< Store::identity() of the store that it is to measure; empty when it is not known
    bool is_named = false;      ///< somebody gave its address: that it is not there, or another one, is a problem
};

/// Checks the exporter that listens at this address (ExporterSettings::listen), without credentials: of pages that
/// require some, only the probe can be seen.
Finding probe_exporter(const std::string& listen, const ExpectedExporter& expected, const Deadline& deadline);

namespace exporter {

/// The address to probe: what listens on all interfaces is probed on this machine.
Result<Url> probed_url(const std::string& listen);

/// From the answers to /readyz?store and /metrics.
Finding check_exporter(const std::string& url, const http::Response& ready, const http::Response& metrics,
                       const ExpectedExporter& expected);

} // namespace exporter

} // namespace health
