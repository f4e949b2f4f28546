#pragma once

#include <http/message.hpp>

#include <model/backfill.hpp>
#include <model/finding.hpp>
#include <base/url.hpp>

#include <string>

namespace health::exporter {

/// Where one asks what listens at this address: all interfaces are asked on this machine.
Result<Url> probed_url(const std::string& listen);

/// From the answers to /readyz and /metrics.
Finding judge_exporter(const std::string& url, const http::Response& ready, const http::Response& metrics,
                       const Backfill& backfill);

} // namespace health::exporter
