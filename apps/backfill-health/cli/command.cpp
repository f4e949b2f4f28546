#include <cli/command.hpp>

namespace cli {

std::vector<ExitMeaning> usual_exits() {
    return {{done, "success"},
            {usage, "wrong usage or settings"},
            {failed, "failure; one line on stderr says why, and no number is printed"}};
}

const std::string_view program_description =
    "Is the backfill done, and is it right? For backfills on Elasticsearch.\n\n"
    "A backfill is a script that adds a field to documents that are already in an index. This program counts the "
    "documents that have the field and those that still lack it, on Elasticsearch or in a folder of NDJSON files: as a "
    "report, as snapshots for a trend, and as metrics for Prometheus.";

} // namespace cli
