#pragma once

#include <base/error.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace health::ndjson {

/// Whether the list of existing indices is needed to resolve the expression.
bool has_wildcard(std::string_view expression);

/// The indices that an expression means, each once: names and patterns with commas, `_all`, and after a pattern
/// exclusions (`-name`, `-pattern`), as in Elasticsearch. Names without a wildcard are not checked for existence.
Result<std::vector<std::string>> resolve_indices(std::string_view expression, std::span<const std::string> existing);

/// Whether one index can have this name: what would leave the folder is of kind `usage`, a pattern is `rejected`.
Result<void> check_index_name(std::string_view name);

} // namespace health::ndjson
