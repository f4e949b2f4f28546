#pragma once

#include <base/log.hpp>
#include <ndjson/scanner.hpp>
#include <ndjson/settled_file.hpp>

#include <fmt/format.h>

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <vector>

namespace health::ndjson {

/// What one thread counts. Its tally is made by that thread, and nothing of it shares a cache line with another's.
template <class TallyType>
struct alignas(64) ThreadTally {
    std::optional<TallyType> tally;
};

/// Counts every document of the file. `empty` has counted nothing yet.
template <class TallyType>
Result<TallyType> count_documents(const std::filesystem::path& path, const Deadline& deadline, std::size_t threads,
                                  const TallyType& empty) {
    const auto begun = Clock::now();
    std::vector<ThreadTally<TallyType>> tallies;
    const auto scanned = read_settled(path, deadline, [&] {
        tallies.assign(threads, {});
        std::vector<Visit> visitors;
        for (ThreadTally<TallyType>& own : tallies)
            visitors.emplace_back([&own, &empty](const simdjson::dom::object& line) {
                if (!own.tally)
                    own.tally = empty;
                own.tally->add(line);
            });
        return scan_in_parallel(path, deadline, visitors);
    });
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begun);
    log::write(log::Level::debug, "read", {{"file", path.native()}, {"ms", fmt::to_string(time.count())}});
    if (!scanned)
        return scanned.error();
    TallyType out = empty;
    for (const ThreadTally<TallyType>& own : tallies)
        if (own.tally)
            out += *own.tally;
    return out;
}

} // namespace health::ndjson
