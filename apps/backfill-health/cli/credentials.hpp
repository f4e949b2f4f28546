#pragma once

#include <base/url.hpp>
#include <cli/service_options.hpp>
#include <cli/settings.hpp>
#include <remote/settings.hpp>

#include <span>

namespace cli {

/// From flags, variables, files and the URLs: of at most one kind, and registered as secrets.
health::Credentials read_credentials(Settings& settings, const ServiceOptions& service,
                                     std::span<const health::Url> urls);

} // namespace cli
