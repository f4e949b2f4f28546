#pragma once

#include <cli/option.hpp>

#include <string>
#include <string_view>

namespace cli {

/// What the settings call a service: the variables of its credentials and certificates begin with `prefix`, and those
/// that it falls back to with `fallback_prefix`.
struct ServiceOptions {
    const Option& url;
    std::string_view prefix;
    std::string_view fallback_prefix = {};
    bool flags_are_its_own = true; ///< else they are those of the fallback, and its own variables beat them
};

extern const ServiceOptions elasticsearch_service, kibana_service;
extern const ServiceOptions kibana_beside_elasticsearch; ///< for commands that talk to both

/// "KIBANA_CA_CERT": the options have the names of Elasticsearch's variables.
std::string with_prefix(std::string_view prefix, std::string_view variable);

} // namespace cli
