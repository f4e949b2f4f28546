#pragma once

#include <remote/settings.hpp>
#include <store/store.hpp>

#include <memory>

namespace health {

/// A store on Elasticsearch 7.10 or later, or OpenSearch.
/// Fails with `usage` when the certificates cannot be read.
Result<std::unique_ptr<Store>> make_elasticsearch_store(const RemoteSettings& settings);

} // namespace health
