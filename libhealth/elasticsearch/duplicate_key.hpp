#pragma once

#include <string>

namespace health::elasticsearch {

/// Whether any object of the JSON text has a key twice: parsers keep one of the values, and which one is chance.
/// True as well where it cannot be told: simdjson does not hold every number that JSON allows (1e400).
bool has_duplicate_key(const std::string& json);

} // namespace health::elasticsearch
