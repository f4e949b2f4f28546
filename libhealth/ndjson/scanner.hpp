#pragma once

#include <base/deadline.hpp>
#include <base/error.hpp>

#include <simdjson.h>

#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <span>
#include <string>

namespace health::ndjson {

inline constexpr std::size_t default_block_size = std::size_t{1} << 18; // it stays in the cache of one core

/// Where a document is, and its _id, if its action or its line of elasticdump has one.
struct Place {
    std::size_t line_number = 0;
    std::optional<std::string> id;
};

using Visit = std::function<void(const simdjson::dom::object& line)>;

/// The document in a line that was shown: the line, or its `_source`, as elasticdump writes it.
simdjson::dom::object document_in(const simdjson::dom::object& line);

/// Calls `visit` with each line of the file that contains a document, in order. A file whose first line is an action of
/// a bulk request alternates actions and documents. `place` is set to the place of the document being visited. The
/// error is the one for the first invalid line.
Result<void> scan(const std::filesystem::path& path, const Deadline& deadline, const Visit& visit,
                  std::size_t block_size = default_block_size, Place* place = nullptr);

/// The same, with a thread for each visitor, as far as the file has work for them: each line is shown to one of them,
/// and each of them is called by one thread at a time. The error is the same as with one thread.
Result<void> scan_in_parallel(const std::filesystem::path& path, const Deadline& deadline,
                              std::span<const Visit> visitors, std::size_t block_size = default_block_size);

} // namespace health::ndjson
