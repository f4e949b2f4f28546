#pragma once

#include <cli/service_options.hpp>
#include <cli/settings.hpp>
#include <remote/settings.hpp>

#include <chrono>

namespace cli {

/// Where the service is, and how to talk to it.
health::RemoteSettings read_remote(Settings& settings, const ServiceOptions& service);

/// The deadline of one operation.
std::chrono::milliseconds read_timeout(Settings& settings);

} // namespace cli
