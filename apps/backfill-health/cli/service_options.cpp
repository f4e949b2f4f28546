#include <cli/service_options.hpp>

#include <cli/options.hpp>

namespace cli {

namespace {
constexpr std::string_view elasticsearch_prefix = "ES_";
} // namespace

const ServiceOptions elasticsearch_service{.url = options::es_url, .prefix = elasticsearch_prefix};
const ServiceOptions kibana_service{
    .url = options::kibana_url, .prefix = "KIBANA_", .fallback_prefix = elasticsearch_prefix};
const ServiceOptions kibana_beside_elasticsearch{.url = options::kibana_url,
                                                 .prefix = "KIBANA_",
                                                 .fallback_prefix = elasticsearch_prefix,
                                                 .flags_are_its_own = false};

std::string with_prefix(std::string_view prefix, std::string_view variable) {
    return std::string(prefix).append(variable.substr(elasticsearch_prefix.size()));
}

} // namespace cli
