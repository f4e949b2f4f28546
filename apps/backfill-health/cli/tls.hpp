#pragma once

#include <cli/service_options.hpp>
#include <cli/settings.hpp>
#include <http/tls_settings.hpp>

namespace cli {

health::TlsSettings read_tls(const Settings& settings, const ServiceOptions& service);

} // namespace cli
