#pragma once

#include <health/deadline.hpp>
#include <health/error.hpp>

#include <simdjson.h>

#include <cstddef>
#include <filesystem>
#include <functional>

namespace health::ndjson {

/// Shows each document of the file to `visit`, in their order. A file whose first line is an action of a bulk request
/// has actions and documents in turn; of a line as elasticdump writes it, the document is `_source`.
Result<void> scan(const std::filesystem::path& path, const Deadline& deadline,
                  const std::function<void(simdjson::dom::element document)>& visit,
                  std::size_t buffer_size = std::size_t{1} << 20);

} // namespace health::ndjson
