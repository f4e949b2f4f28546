#pragma once

#include <cli/settings.hpp>
#include <kibana/kibana.hpp>

#include <memory>
#include <span>
#include <string>

namespace cli {

/// The dashboard that the program carries, for the health index of the options.
health::SavedObjects read_dashboard(Settings& settings);

/// "4 saved objects (dashboard \"...\")": so many of a file, but not those that are `excluded`.
std::string describe(const health::SavedObjects& objects, std::size_t count,
                     std::span<const health::SavedObject> excluded = {});

/// For commands that talk to both: the options of credentials are those of Elasticsearch.
std::shared_ptr<health::Kibana> read_kibana_beside_elasticsearch(Settings& settings);

} // namespace cli
