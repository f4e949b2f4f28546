#pragma once

#include <string>
#include <string_view>

namespace health::web {

/// Whether it is a whole hash with a cost between 4 and 31. Those that begin with $2$ are of no use: they were made by
/// a program that forgot the password's last byte.
bool is_bcrypt_hash(std::string_view text);

/// Takes long, as it is meant to: a cost of 10 is some 50 ms, each one more doubles it.
bool matches_bcrypt(const std::string& password, const std::string& hash);

} // namespace health::web
