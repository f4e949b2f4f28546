#pragma once

#include <string>
#include <string_view>

namespace health::web {

/// Whether it is a whole hash with a cost between 4 and 31. Those that begin with $2$ are refused: they were made by a
/// program that ignored the password's last byte.
bool is_bcrypt_hash(std::string_view text);

/// Slow by design: a cost of 10 takes some 50 ms, and each further step doubles it.
bool matches_bcrypt(const std::string& password, const std::string& hash);

} // namespace health::web
