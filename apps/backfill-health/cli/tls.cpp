#include <cli/tls.hpp>

#include <cli/options.hpp>

namespace cli {

namespace {

std::string read_path(const Settings& settings, const ServiceOptions& service, const Option& option) {
    std::optional<Setting> found;
    if (!service.flags_are_its_own)
        found = settings.from_variable(with_prefix(service.prefix, option.variable));
    if (!found)
        found = settings.from_flag(option);
    for (const std::string_view prefix : {service.prefix, service.fallback_prefix})
        if (!found && !prefix.empty())
            found = settings.from_variable(with_prefix(prefix, option.variable));
    if (!found)
        found = settings.from_file(option);
    return found ? found->value : "";
}

} // namespace

health::TlsSettings read_tls(const Settings& settings, const ServiceOptions& service) {
    return {.ca_file = read_path(settings, service, options::ca_cert),
            .ca_fingerprint = read_path(settings, service, options::ca_fingerprint),
            .client_cert = read_path(settings, service, options::client_cert),
            .client_key = read_path(settings, service, options::client_key),
            .insecure = settings.has_flag(options::insecure)};
}

} // namespace cli
