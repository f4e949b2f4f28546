#pragma once

#include <string>
#include <string_view>

namespace health::web {

/// Whether it is a whole hash as in crypt(5), with a cost between 4 and 31. One that begins with $2$, from before the
/// format had a letter, is refused, as by crypt(3).
bool is_bcrypt_hash(std::string_view text);

/// Slow by design: a cost of 10 takes some 50 ms, and each further step doubles it.
bool matches_bcrypt(const std::string& password, const std::string& hash);

} // namespace health::web
