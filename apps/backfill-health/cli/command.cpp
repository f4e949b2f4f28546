#include <cli/command.hpp>

#include <fmt/format.h>

namespace cli {

std::vector<ExitMeaning> usual_exits() {
    return {{done, "success"},
            {usage, "wrong usage or settings"},
            {failed, "failure; stderr says why, and no result is printed for what failed"}};
}

std::string operand_words(const Command& command) {
    if (command.takes_names)
        return " [NAME...]";
    return command.operand.empty() ? "" : fmt::format(" [{}]", command.operand);
}

const std::string_view program_description =
    "Is the backfill done, and is it right? For backfills on Elasticsearch.\n\n"
    "A backfill is a script that adds a field to documents that are already in an index. This program counts the "
    "documents that have the field and those that still lack it, on Elasticsearch or in a folder of NDJSON files: as a "
    "report, as snapshots for a trend, and as metrics for Prometheus.";

} // namespace cli
