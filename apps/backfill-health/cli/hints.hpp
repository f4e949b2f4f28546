#pragma once

#include <base/hint.hpp>

#include <string>

namespace cli {

/// The only place that names flags, variables and commands in hints. For health::set_hint_texts().
std::string hint_text(const health::Hint& hint);

/// From now on hints name the keys of this configuration file, and not the flags of a backfill. Called before there are
/// other threads.
void name_backfills_file(const std::string& file);
/// The same of the URL of the store.
void name_store_url_file(const std::string& file);

} // namespace cli
