#pragma once

#include <string>

namespace health::elasticsearch {

/// Whether any object in the JSON text has a duplicate key: parsers keep one of the values, and not all keep the same.
/// Also true where that cannot be decided: simdjson does not represent every number that JSON allows (1e400).
bool has_duplicate_key(const std::string& json);

} // namespace health::elasticsearch
