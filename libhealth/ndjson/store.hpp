#pragma once

#include <store/store.hpp>

#include <cstddef>
#include <filesystem>
#include <memory>

namespace health {

/// The embedded store: the index NAME is the file NAME.ndjson of the folder, a document a line. Lines of a bulk
/// request (https://www.elastic.co/guide/en/elasticsearch/reference/8.19/docs-bulk.html; only `index` and `create`)
/// and of an elasticdump file (`{"_source": ...}`) are understood. A measurement uses up to this many threads, at least
/// one.
std::unique_ptr<Store> make_ndjson_store(std::filesystem::path folder, std::size_t threads = 1);

} // namespace health
