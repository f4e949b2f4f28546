#pragma once

#include <base/hint.hpp>

#include <string>

namespace cli {

/// Which flag, variable or command helps: all of them are said here. For health::set_hint_texts().
std::string hint_text(const health::Hint& hint);

} // namespace cli
