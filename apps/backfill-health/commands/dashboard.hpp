#pragma once

#include <cli/arguments.hpp>
#include <kibana/kibana.hpp>

#include <memory>
#include <string>

namespace cli {

/// The dashboard that the program carries, for the health index of the options.
Result<health::SavedObjects> read_dashboard(const Arguments& arguments);

/// "4 saved objects (dashboard \"...\")"
std::string describe(const health::SavedObjects& objects, std::size_t count);

/// For commands that talk to both: the options of credentials are those of Elasticsearch.
Result<std::shared_ptr<health::Kibana>> open_kibana_beside_elasticsearch(const Arguments& arguments);

} // namespace cli
