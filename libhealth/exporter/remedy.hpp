#pragma once

namespace health::exporter {

/// What would help, as a fact: see base/hint.hpp.
enum class Remedy {
    free_listen_address,
    check_listening, ///< whether it is the exporter that listens there
    start_exporter,
    read_exporter_log,
    restart_exporter, ///< with the same index
    restart_exporter_on_store,
    restart_exporter_with_backfill,
    measure_now, ///< [the URL that makes it measure at once]
};

} // namespace health::exporter
