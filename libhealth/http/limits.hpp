#pragma once

#include <chrono>
#include <cstddef>

namespace health::http {

/// Limits on what clients can make the server do.
struct Limits {
    std::size_t head_bytes = 8192;
    std::size_t body_bytes = 1024;
    std::size_t connections = 4096;
    std::size_t waiting = 256; ///< requests whose answers come later, even if their clients have left
    std::chrono::milliseconds receive = std::chrono::seconds(10); ///< a whole request, or a TLS handshake
    std::chrono::milliseconds send = std::chrono::seconds(30);
    std::chrono::milliseconds idle = std::chrono::seconds(120);
    std::chrono::milliseconds drain = std::chrono::seconds(4); ///< for requests under way when the server stops
};

} // namespace health::http
