#pragma once

#include <exposition/telemetry.hpp>

namespace health::exporter {

/// From /proc/self (proc(5)), getrusage(2) and getrlimit(2); what cannot be read is 0.
exposition::ProcessStats read_process_stats();

} // namespace health::exporter
