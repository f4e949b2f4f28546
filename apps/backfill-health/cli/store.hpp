#pragma once

#include <cli/settings.hpp>
#include <store/store.hpp>

#include <memory>
#include <string>
#include <vector>

namespace cli {

/// Whether the settings name a folder, and not an Elasticsearch.
bool is_folder(const Settings& settings);

/// The store that the settings name; nothing is opened yet. `names` are the indices that will be asked for: one that
/// would lead out of the store is wrong usage.
std::shared_ptr<health::Store> read_store(Settings& settings, const std::vector<std::string>& names);

/// Likewise, for what is measured and other indices.
std::shared_ptr<health::Store> read_store(Settings& settings, const std::vector<health::Backfill>& backfills,
                                          std::vector<std::string> others);

/// A warning for each node to which credentials are sent over a network without TLS; none for a folder.
std::vector<std::string> clear_text_warnings(Settings& settings);

} // namespace cli
