#pragma once

#include <string>

namespace health::elasticsearch {

/// Whether any object of the JSON text has a key twice: parsers keep one of the values, and which one is chance.
bool has_doubled_key(const std::string& json);

} // namespace health::elasticsearch
