#pragma once

#include <cli/settings.hpp>
#include <kibana/kibana.hpp>

#include <memory>
#include <string>

namespace cli {

/// The dashboard that the program carries, for the health index of the options.
health::SavedObjects read_dashboard(Settings& settings);

/// "4 saved objects (dashboard \"...\")"
std::string describe(const health::SavedObjects& objects, std::size_t count);

/// For commands that talk to both: the options of credentials are those of Elasticsearch.
std::shared_ptr<health::Kibana> read_kibana_beside_elasticsearch(Settings& settings);

} // namespace cli
