#pragma once

#include <base/deadline.hpp>
#include <model/backfill.hpp>
#include <model/sampling.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace health::ndjson {

/// The real path of each file, and the one to show.
using Files = std::map<std::filesystem::path, std::filesystem::path>;

/// Store::samples().
Result<std::vector<SampleDocument>> list_missing(const Files& files, const Backfill& backfill, std::size_t limit,
                                                 const Deadline& deadline);

/// Some of the documents that break the rule, with the values of its fields.
Result<std::vector<SampleDocument>> list_broken(const Files& files, const Backfill& backfill, const Rule& rule,
                                                std::size_t limit, const Deadline& deadline);

/// Store::draw(), in the order of the files and lines, by a reservoir: every document is read once, and only the places
/// of those that were drawn are kept (J. S. Vitter, "Random Sampling with a Reservoir", 1985, algorithm R).
Result<RandomSample> draw(const Files& files, const Backfill& backfill, std::size_t limit, std::uint64_t seed,
                          const Deadline& deadline);

/// Store::fetch(), of keys whose documents are in one file. Documents are found by their line, or by their `_id` when
/// they have one and the file has been written anew.
Result<std::vector<std::optional<Document>>> fetch(const std::filesystem::path& file, const Backfill& backfill,
                                                   std::span<const DocumentKey> keys, const Deadline& deadline);

} // namespace health::ndjson
