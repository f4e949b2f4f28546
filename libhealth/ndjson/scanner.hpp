#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>

#include <simdjson.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

namespace health::ndjson {

inline constexpr std::size_t default_buffer_size = std::size_t{1} << 20;

/// Where a document stands, and its _id, which its action or a line of elasticdump may have.
struct Place {
    std::size_t line_number = 0;
    std::optional<std::string> id;
};

/// Shows each document of the file to `visit`, in their order. A file whose first line is an action of a bulk request
/// has actions and documents in turn; of a line as elasticdump writes it, the document is `_source`. `place` is that of
/// the document that is being shown.
Result<void> scan(const std::filesystem::path& path, const Deadline& deadline,
                  const std::function<void(simdjson::dom::element document)>& visit,
                  std::size_t buffer_size = default_buffer_size, Place* place = nullptr);

} // namespace health::ndjson
