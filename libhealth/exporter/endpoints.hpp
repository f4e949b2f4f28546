#pragma once

#include <string_view>

/// The exporter's endpoints, and what a client needs to recognise it.
namespace health::exporter::endpoint {

inline constexpr std::string_view metrics = "/metrics";
inline constexpr std::string_view refresh = "/metrics/refresh";
inline constexpr std::string_view healthz = "/healthz";
inline constexpr std::string_view readyz = "/readyz";

inline constexpr std::string_view ready = "ready"; ///< the line that /readyz answers, with status 200

/// In the answer to /readyz with this query, by which a client knows whether it is the store that it means. It names no
/// host: probes need no password.
inline constexpr std::string_view store_header = "Backfill-Health-Store";
inline constexpr std::string_view store_query = "store";

} // namespace health::exporter::endpoint
